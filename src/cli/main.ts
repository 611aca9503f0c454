import { runCommand } from './run-command.ts'

// `| head` closes the pipe when it has seen enough: no reason to fail, and the exit code is still to be told.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

// Not process.exit(): what was written to a pipe must be able to leave.
process.exitCode = await runCommand(process.argv.slice(2), {
  write: text => void process.stdout.write(text),
  warn: text => void process.stderr.write(text),
  now: new Date(),
}).catch((error: unknown) => {
  process.stderr.write(
    `golden-path failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 2
})
