import { join } from 'node:path'
import { deadLetterText } from '../../src/cli/list-dead-letters.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { type Chapter, type Message, plain } from './shape.ts'
import { fixtures, now } from './stage.ts'

export const commandLine = async (): Promise<Chapter> => {
  const policy = ['--policy', 'policy/golden-path.yml']
  const here = 'before/payments-api'
  const messages: Message[] = []
  const run = async (name: string, seen: string, ...args: string[]) => {
    messages.push({ name, seen, parts: [plain('Terminal', await printed(args))] })
  }
  const repository = ['--name', 'payments-api', '--topic', 'pci']
  await run('check', 'Whoever works on the repository.', 'check', here, ...policy, ...repository)
  await run(
    'check, with a policy that has a mistake',
    'Whoever changes the policy.',
    'check',
    here,
    '--policy',
    'policy-with-mistake/golden-path.yml',
  )
  await run('check, of a directory that is not there', 'Whoever mistypes.', 'check', 'before/payments-apy')
  await run('explain', 'Whoever wonders.', 'explain', here, ...policy)
  await run('explain, one control', 'Whoever wonders more.', 'explain', here, 'readme-present', ...policy)
  await run('explain, no such control', 'Whoever mistypes.', 'explain', here, 'readme-presnt', ...policy)
  await run('controls, one', 'Whoever wants to know how it is decided.', 'controls', 'readme-present')
  await run('controls, no such control', 'Whoever mistypes.', 'controls', 'readme-presnt')
  await run('policy validate', 'Whoever changes the policy.', 'policy', 'validate', 'policy/golden-path.yml')
  await run(
    'policy validate, with a mistake',
    'Whoever changes the policy.',
    'policy',
    'validate',
    'policy-with-mistake/golden-path.yml',
  )
  await run(
    'policy preview',
    'Whoever changes the policy.',
    'policy',
    'preview',
    '--from',
    'policy/golden-path.yml',
    '--to',
    'policy-proposed/golden-path.yml',
    '--checkouts',
    'before',
  )
  messages.push({
    name: 'dead-letters',
    seen: 'Who runs the service.',
    parts: [
      plain('Terminal', `$ golden-path dead-letters --data-dir data\n${deadLetterText([])}`),
      plain(
        'Terminal',
        `$ golden-path dead-letters --data-dir data\n${deadLetterText([
          {
            key: 'assess:42:pull:7',
            diedAt: '2026-11-23T09:48:00.000Z',
            tries: 5,
            error: 'HttpError: Server Error',
          },
        ])}`,
      ),
    ],
  })
  return {
    title: 'The command line',
    about: 'Without colours, so that it reads the same everywhere.',
    messages,
  }
}

/** What a terminal shows, with paths below the fixtures as they are typed there. */
const printed = async (args: readonly string[]): Promise<string> => {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  const absolute = args.map(each =>
    /^(?:before\b|policy(?:-[\w-]+)?\/)/.test(each) ? join(fixtures, each) : each,
  )
  const code = await runCommand(absolute, { write, warn: write, now })
  const shown = text.replaceAll(`${fixtures}/`, '').trimEnd()
  return `$ golden-path ${args.join(' ')}\n${shown}\n\n(exit code ${code})`
}
