import type { Control } from '../controls/control.ts'
import { builtInControls } from '../controls/index.ts'
import { hint } from '../policy/nearest.ts'
import type { Output } from './check.ts'
import { UsageError } from './usage-error.ts'

/** Lists the built-in controls, or explains the one with this id. */
export const listControls = (id: string | undefined, { write }: Output): 0 => {
  const controls = [...builtInControls.values()]
  if (id === undefined) {
    const width = Math.max(...controls.map(control => control.id.length)) + 2
    write(`${controls.map(control => `${control.id.padEnd(width)}${control.title}`).join('\n')}\n`)
    return 0
  }
  const control = builtInControls.get(id)
  if (!control) {
    throw new UsageError(
      `"${id}" is no control. "golden-path controls" lists them${hint(id, builtInControls.keys())}.`,
    )
  }
  write(explained(control))
  return 0
}

const explained = (control: Control): string =>
  [
    `${control.title} (${control.id})`,
    '',
    control.why,
    ...(control.heuristic ? ['', 'It is decided by signs, so it may be wrong.'] : []),
    ...section('Reads', [
      ...control.reads.files,
      ...control.reads.facts.map(fact => `${fact} (asked of GitHub)`),
    ]),
    ...section(
      'Parameters',
      Object.entries(control.parameters ?? {}).map(
        ([name, parameter]) =>
          `${name}: ${parameter.expects}; ${JSON.stringify(parameter.default)} by default`,
      ),
    ),
    ...section(
      'Evidence for',
      Object.entries(control.satisfies).map(([framework, ids]) => `${framework} ${ids.join(', ')}`),
    ),
    '',
    `docs/controls/${control.id}.md says how it is decided and how to fix it.`,
    '',
  ].join('\n')

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(line => `  ${line}`)]
