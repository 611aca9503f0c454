import type { Control } from '../controls/control.ts'
import { evidenceLines, type Framework, frameworks, isUnverified } from '../controls/frameworks.ts'
import { builtInControls } from '../controls/index.ts'
import { type Pack, packOf, packs, packsWith } from '../controls/packs.ts'
import { hint } from '../policy/nearest.ts'
import type { Output } from './check.ts'
import { controlPage } from './control-page.ts'
import { UsageError } from './usage-error.ts'

export interface ListOptions {
  pack?: string
  format: 'text' | 'json'
}

/** Lists the packs and the built-in controls, or those of one pack; or explains the control with this id. */
export const listControls = (id: string | undefined, options: ListOptions, { write }: Output): 0 => {
  if (id !== undefined) {
    const control = controlOf(id, options)
    write(
      options.format === 'json'
        ? asJson({ ...described(control), page: pageOf(control) })
        : explained(control),
    )
    return 0
  }
  const pack = options.pack === undefined ? undefined : askedPack(options.pack)
  const controls = [...builtInControls.values()].filter(each => !pack || pack.controls.includes(each.id))
  if (options.format === 'json')
    write(asJson({ packs: pack ? [pack] : packs, controls: controls.map(described) }))
  else
    write(
      `${[...(pack ? headingOf(pack) : packLines()), '', ...controlLines(controls, notesFor(pack)), '', ending, ''].join('\n')}`,
    )
  return 0
}

const controlOf = (id: string, { pack }: ListOptions): Control => {
  if (pack !== undefined) throw new UsageError('A control and a pack were given. Expected one of them.')
  const control = builtInControls.get(id)
  if (control) return control
  if (packOf(id)) throw new UsageError(`"${id}" is a pack. "golden-path controls --pack ${id}" lists it.`)
  throw new UsageError(
    `"${id}" is no control. "golden-path controls" lists them${hint(id, builtInControls.keys())}.`,
  )
}

const askedPack = (id: string): Pack => {
  const pack = packOf(id)
  if (pack) return pack
  const ids = packs.map(each => each.id)
  // Versions are left off more often than letters are mistaken.
  const [begun] = ids.filter(each => id !== '' && each.startsWith(id))
  const meant = begun ? `; the nearest is "${begun}"` : hint(id, ids)
  throw new UsageError(`"${id}" is no pack. Expected one of ${ids.join(', ')}${meant}.`)
}

const asJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

const packLines = (): string[] => {
  const width = Math.max(...packs.map(pack => pack.id.length)) + 2
  return [
    'Packs',
    ...packs.map(({ id, title, controls }) => `  ${id.padEnd(width)}${controls.length} controls. ${title}`),
  ]
}

const headingOf = (pack: Pack): string[] => {
  const framework = frameworkOfPack(pack)
  return [
    `${pack.id}: ${pack.title}`,
    ...(framework
      ? [
          'A pass is evidence for a requirement, not compliance with it.',
          `The text: ${framework.url}`,
          `The numbers: ${framework.source}.`,
        ]
      : []),
  ]
}

const frameworkOfPack = ({ id }: Pack): Framework | undefined => frameworks.find(({ pack }) => pack === id)

/** What stands behind the title: in a framework's pack which of its requirements a pass is evidence for. */
const notesFor = (pack: Pack | undefined): ((control: Control) => string) => {
  const framework = pack && frameworkOfPack(pack)
  if (!framework) return notes
  return ({ id, satisfies, heuristic }) =>
    `${requirementsOf(id, framework.id, satisfies[framework.id] ?? [])}${heuristic ? '; judged by signs' : ''}`
}

const requirementsOf = (control: string, framework: string, requirements: readonly string[]): string =>
  requirements
    .map(number => number + (isUnverified(framework, number, control) ? ' (unverified)' : ''))
    .join(', ')

const controlLines = (controls: readonly Control[], notes: (control: Control) => string): string[] => {
  const width = Math.max(...controls.map(control => control.id.length)) + 2
  const titles = Math.max(...controls.map(control => control.title.length)) + 2
  return controls.map(control =>
    `${control.id.padEnd(width)}${control.title.padEnd(titles)}${notes(control)}`.trimEnd(),
  )
}

/** `judged by signs; parameters approvals` */
const notes = ({ heuristic, parameters = {} }: Control): string =>
  [
    ...(heuristic ? ['judged by signs'] : []),
    ...(Object.keys(parameters).length > 0 ? [`parameters ${Object.keys(parameters).join(', ')}`] : []),
  ].join('; ')

const ending = '"golden-path controls ID" explains one, "golden-path controls --pack ID" lists a pack.'

const explained = (control: Control): string => {
  const page = controlPage(control.id)
  return [
    `${control.title} (${control.id})`,
    '',
    control.why,
    ...(control.heuristic
      ? [
          '',
          'It is judged by signs, so it can be wrong. A rule enforces it only with accept-heuristic: true.',
        ]
      : []),
    ...['What it checks', 'How to fix', 'How it is decided', 'What it cannot see'].flatMap(heading =>
      section(heading, page.get(heading)?.split('\n') ?? []),
    ),
    ...section('Parameters', parameterLines(control)),
    ...section('Evidence for', [...evidenceLines(control), 'A pass is evidence, not compliance.']),
    ...section('Packs', [packsWith(control.id).join(', ') || 'none']),
    ...section('Brings along', control.implies ?? []),
    ...section('Reads', [
      ...control.reads.files,
      ...(control.reads.tree ? ['the list of all files'] : []),
      ...control.reads.facts.map(fact => `${fact} (asked of GitHub)`),
    ]),
    '',
    `docs/controls/${control.id}.md is the page of it.`,
    '',
  ].join('\n')
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map(line => (line === '' ? '' : `  ${line}`))]

const parameterLines = ({ parameters = {} }: Control): string[] =>
  Object.entries(parameters).map(
    ([name, parameter]) => `${name}: ${parameter.expects}; ${JSON.stringify(parameter.default)} by default`,
  )

const described = (control: Control) => ({
  id: control.id,
  title: control.title,
  why: control.why,
  heuristic: control.heuristic === true,
  packs: packsWith(control.id),
  parameters: Object.entries(control.parameters ?? {}).map(([name, { expects, default: standard }]) => ({
    name,
    expects,
    default: standard,
  })),
  satisfies: Object.entries(control.satisfies).flatMap(([framework, requirements]) =>
    requirements.map(requirement => ({
      framework,
      requirement,
      verified: !isUnverified(framework, requirement, control.id),
    })),
  ),
  implies: control.implies ?? [],
  reads: control.reads,
  offersFix: control.fix !== undefined,
})

const pageOf = ({ id }: Control): Record<string, string> => Object.fromEntries(controlPage(id))
