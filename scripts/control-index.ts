// `npm run controls`: writes what docs/controls says from data: README.md by pack, and the evidence on each page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Control } from '../src/controls/control.ts'
import { evidenceLines, type Framework, frameworks, isUnverified } from '../src/controls/frameworks.ts'
import { builtInControls } from '../src/controls/index.ts'
import { type Pack, packs } from '../src/controls/packs.ts'

/** docs/controls/README.md, whole. */
export const controlIndex = (controls: ReadonlyMap<string, Control> = builtInControls): string =>
  [
    '<!-- Written by `npm run controls` from src/controls. -->',
    '',
    '# The controls',
    '',
    `${controls.size} are built in. A rule of the policy asks for one by its id (\`require: { owner-exists: enforce }\`), or for all of a pack`,
    '(`packs: { pci-dss-4.0.1: advise }`); an organisation can add its own ([policy.md](../policy.md)). `golden-path controls ID` explains one at a',
    'terminal.',
    '',
    "A pass is evidence for a framework's requirement, never compliance with it. What no source of ours confirms is marked as unverified.",
    'What is judged by signs can be wrong, and so is enforced only where a rule says `accept-heuristic: true`.',
    ...packs.flatMap(pack => section(pack, controls)),
    '',
  ].join('\n')

const section = (pack: Pack, controls: ReadonlyMap<string, Control>): string[] => {
  const framework = frameworks.find(each => each.pack === pack.id)
  const rows = pack.controls.flatMap(id => {
    const control = controls.get(id)
    return control ? [row(control, framework)] : []
  })
  return [
    '',
    `## \`${pack.id}\``,
    '',
    framework
      ? `Evidence for [${framework.title}](${framework.url}). Numbers: ${framework.source}.`
      : `${pack.title}.`,
    '',
    framework ? '| control | | evidence for |' : '| control | | why |',
    '|---|---|---|',
    ...rows,
  ]
}

const row = (control: Control, framework: Framework | undefined): string =>
  `| [\`${control.id}\`](${control.id}.md) | ${control.title}${control.heuristic ? ' (judged by signs)' : ''} | ${framework ? numbers(control, framework) : control.why} |`

const numbers = ({ id, satisfies }: Control, framework: Framework): string =>
  (satisfies[framework.id] ?? [])
    .map(number => number + (isUnverified(framework.id, number, id) ? ' (unverified)' : ''))
    .join(', ')

const heading = '## Evidence for'

/** The page of a control with its last section made anew. */
export const withEvidence = (page: string, control: Control): string => {
  const at = page.indexOf(`\n${heading}\n`)
  if (at === -1) throw new Error(`The page of ${control.id} lacks the section "${heading}"`)
  const lines = evidenceLines(control).map(line => `- ${line}`)
  return `${page.slice(0, at)}\n${[heading, '', ...lines, '', 'A pass is evidence, not compliance.', ''].join('\n')}`
}

if (import.meta.main) {
  const directory = join(import.meta.dirname, '../docs/controls')
  writeFileSync(join(directory, 'README.md'), controlIndex())
  for (const control of builtInControls.values()) {
    const path = join(directory, `${control.id}.md`)
    if (!existsSync(path)) continue
    const page = readFileSync(path, 'utf8')
    const written = withEvidence(page, control)
    if (written !== page) writeFileSync(path, written)
  }
}
