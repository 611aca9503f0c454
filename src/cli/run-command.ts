import { Command, CommanderError, Option } from 'commander'
import { type CheckOptions, checkDirectory, type Output } from './check.ts'
import type { ExplainOptions } from './explain.ts'
import { type ListOptions, listControls } from './list-controls.ts'
import type { DeadLetterOptions } from './list-dead-letters.ts'
import type { PreviewOptions } from './preview-policy.ts'
import { testPolicy } from './test-policy.ts'
import { UsageError } from './usage-error.ts'
import { validatePolicy } from './validate-policy.ts'

/** 0: nothing enforced fails. 1: something does. 2: it was asked wrongly, or the policy has a mistake. */
type ExitCode = 0 | 1 | 2

/** Does what a command line asks for. Expected problems are a sentence and a 2; what is unexpected is thrown. */
export const runCommand = async (
  argv: readonly string[],
  { write, warn, now }: Output & { now: Date },
): Promise<ExitCode> => {
  let code: ExitCode = 0

  const program = new Command('golden-path')
    .description("Judges a repository by its organisation's golden path, without a network.")
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: warn })
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
      code = await checkDirectory(directory, options, { write, warn, now })
    })

  const policy = program.command('policy').description('work on policy files')

  policy
    .command('validate')
    .description('say every mistake in a policy with its line and column')
    .argument('<files...>', 'golden-path.yml first, then the files of golden-path/')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (files: string[], options: { format: 'text' | 'json' }) => {
      code = await validatePolicy(files, options, { write, warn })
    })

  policy
    .command('test')
    .description('try the controls on the cases in golden-path-tests/ beside the policy')
    .argument('[path]', 'a policy, a directory that holds one, or one file of cases', '.')
    .action(async (path: string) => {
      code = await testPolicy(path, { write, warn, now })
    })

  policy
    .command('preview')
    .description(
      'say what a policy would change, over all that the service stored or a folder of working copies',
    )
    .requiredOption('--to <file>', 'the new golden-path.yml')
    .option('--from <file>', 'the old one; without it the one in force, or none for working copies')
    .option('--database-url <url>', 'PostgreSQL, as DATABASE_URL of the service')
    .option('--data-dir <directory>', 'PGlite, as DATA_DIR of the service, which must not be running')
    .option('--checkouts <directory>', 'a folder with a working copy in each folder of it')
    .option('--account <name>', 'whose repositories, where the service works for several')
    .option('--policy-repository <name>', 'as POLICY_REPOSITORY of the service', '.github')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (options: PreviewOptions) => {
      // Loaded when asked for: the other commands need no database.
      const { previewPolicy } = await import('./preview-policy.ts')
      code = await previewPolicy(options, { write, warn, now })
    })

  program
    .command('controls')
    .description('list the packs and the controls, or explain one')
    .argument('[id]', 'the control to explain')
    .option('--pack <id>', 'only the controls of this pack')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action((id: string | undefined, options: ListOptions) => {
      code = listControls(id, options, { write, warn })
    })

  program
    .command('explain')
    .description('say why a verdict is what it is: what, since when, why and how to fix it')
    .argument('<repository>', 'OWNER/NAME or NAME of one that the service knows, or a directory')
    .argument('[control]', 'one control, with all the evidence')
    .option('--database-url <url>', 'PostgreSQL, as DATABASE_URL of the service')
    .option('--data-dir <directory>', 'PGlite, as DATA_DIR of the service, which must not be running')
    .option('--at <commit>', 'the verdict on that commit; without it the newest of the default branch')
    .option('--on <date>', 'the verdict that held at the end of that day (UTC), as 2026-11-22')
    .option('--policy <file>', 'of a directory: the policy; without it the built-in baseline is used')
    .option('--name <name>', "of a directory: the repository's name, where it is not the directory's")
    .option('--topic <topic...>', "of a directory: the repository's topics, which rules may ask about")
    .option('--property <name=value...>', 'of a directory: its custom properties')
    .addOption(
      new Option('--visibility <visibility>', 'of a directory: its visibility').choices([
        'public',
        'private',
        'internal',
      ]),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--replay', 'judge the stored verdict again and say where it differs, with exit code 1', false)
    .action(async (repository: string, control: string | undefined, options: ExplainOptions) => {
      // Loaded when asked for: the other commands need no database.
      const { explainRepository } = await import('./explain.ts')
      code = await explainRepository(repository, control, options, { write, warn, now })
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
    await program.parseAsync([...argv], { from: 'user' })
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
