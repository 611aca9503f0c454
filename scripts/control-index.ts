// `npm run controls`: writes what docs/controls says from data: README.md by pack, and the evidence on each page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Control } from '../src/controls/control.ts'
import { evidenceLines, type Framework, frameworks, isUnverified } from '../src/controls/frameworks.ts'
import { builtInControls } from '../src/controls/index.ts'
import { type Pack, packs } from '../src/controls/packs.ts'

const directory = join(import.meta.dirname, '../docs/controls')

const storedPage = (id: string): string => {
  const path = join(directory, `${id}.md`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** docs/controls/README.md, whole. @param pageOf the text of a control's page */
export const controlIndex = (
  controls: ReadonlyMap<string, Control> = builtInControls,
  pageOf: (id: string) => string = storedPage,
): string =>
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
    ...fixSection(controls, pageOf),
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

/** What a page says of the control's fix, on one line: `A fix` or `No fix`, then the rest of the sentence. */
export const fixIn = (page: string): { isOffered: boolean; words: string } | undefined => {
  const [, kind, words] = /^\*\*(A|No) fix is offered\*\*: ((?:.+\n)+)/m.exec(page) ?? []
  return words === undefined
    ? undefined
    : { isOffered: kind === 'A', words: words.trim().replaceAll('\n', ' ') }
}

const fixSection = (controls: ReadonlyMap<string, Control>, pageOf: (id: string) => string): string[] => {
  const rows = [...controls.keys()].sort().map(id => ({ id, fix: fixIn(pageOf(id)) }))
  const table = (heading: string, isOffered: boolean): string[] => [
    '',
    `| control | ${heading} |`,
    '|---|---|',
    ...rows.flatMap(({ id, fix }) =>
      fix?.isOffered === isOffered ? [`| [\`${id}\`](${id}.md) | ${fix.words} |`] : [],
    ),
  ]
  return [
    '',
    '## What is offered as a fix',
    '',
    'An edit is offered where it can be written without asking anybody and is right; it is kept only if the engine says that the control',
    'passes by it and no other is worse off. A setting is offered as the steps to it.',
    ...table('offered', true),
    '',
    'For these nothing is offered, since what would turn the check green would not make it true:',
    ...table('why not', false),
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
  writeFileSync(join(directory, 'README.md'), controlIndex())
  for (const control of builtInControls.values()) {
    const path = join(directory, `${control.id}.md`)
    if (!existsSync(path)) continue
    const page = readFileSync(path, 'utf8')
    const written = withEvidence(page, control)
    if (written !== page) writeFileSync(path, written)
  }
}
