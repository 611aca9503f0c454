import { Command, CommanderError, Option } from 'commander'
import { type CheckOptions, checkDirectory } from './check.ts'
import { listControls } from './list-controls.ts'
import type { DeadLetterOptions } from './list-dead-letters.ts'
import { UsageError } from './usage-error.ts'
import { validatePolicy } from './validate-policy.ts'

/** 0: nothing enforced fails. 1: something does. 2: it was asked wrongly, or the policy has a mistake. */
type ExitCode = 0 | 1 | 2

const run = async (argv: string[]): Promise<ExitCode> => {
  let code: ExitCode = 0
  const write = (text: string) => void process.stdout.write(text)
  const warn = (text: string) => void process.stderr.write(text)

  const program = new Command('golden-path')
    .description("Judges a repository by its organisation's golden path, without a network.")
    .exitOverride()
    .showHelpAfterError('(golden-path --help says what there is)')

  program
    .command('check')
    .description('judge a directory by a policy')
    .argument('<directory>', 'a working copy of a repository')
    .option('--policy <file>', 'the policy; without it the built-in baseline is used')
    .addOption(
      new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'),
    )
    .option('--all', 'print what passes, too', false)
    .option('--name <name>', "the repository's name, where it is not the directory's")
    .option('--topic <topic...>', "the repository's topics, which rules may ask about")
    .option('--property <name=value...>', 'its custom properties')
    .addOption(
      new Option('--visibility <visibility>', 'its visibility').choices(['public', 'private', 'internal']),
    )
    .action(async (directory: string, options: CheckOptions) => {
      code = await checkDirectory(directory, options, { write, warn, now: new Date() })
    })

  program
    .command('policy')
    .description('work on policy files')
    .command('validate')
    .description('say every mistake in a policy with its line and column')
    .argument('<files...>', 'golden-path.yml first, then the files of golden-path/')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (files: string[], options: { format: 'text' | 'json' }) => {
      code = await validatePolicy(files, options, { write, warn })
    })

  program
    .command('controls')
    .description('list the controls, or explain one')
    .argument('[id]', 'the control to explain')
    .action((id: string | undefined) => {
      code = listControls(id, { write, warn })
    })

  program
    .command('dead-letters')
    .description('list the jobs that failed at their last try, or have them tried again')
    .option('--database-url <url>', 'PostgreSQL, as DATABASE_URL of the service')
    .option('--data-dir <directory>', 'PGlite, as DATA_DIR of the service, which must not be running')
    .option('--replay [key...]', 'try these again, or all')
    .action(async (options: DeadLetterOptions) => {
      // Loaded when asked for: the other commands need no database.
      const { listDeadLetters } = await import('./list-dead-letters.ts')
      code = await listDeadLetters(options, write)
    })

  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof UsageError) {
      warn(`${error.message}\n`)
      return 2
    }
    throw error
  }
}

// Not process.exit(): what was written to a pipe must be able to leave.
process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `golden-path failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 2
})
