import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runCommand } from '../../src/cli/run-command.ts'

export const program = join(import.meta.dirname, '../../bin/golden-path.mjs')

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** Runs a command line in this process: a new one costs a second, and there are a hundred of them. */
export const goldenPath = async (...args: string[]): Promise<Ended> => {
  let [out, err] = ['', '']
  const code = await runCommand(args, {
    write: text => {
      out += text
    },
    warn: text => {
      err += text
    },
    now: new Date(),
  })
  return { code, out, err }
}

/** As a person does it, in a process of its own, with an environment that has no network to offer. */
export const run = (command: string, args: readonly string[], cwd = tmpdir()): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', chunk => {
      out += chunk
    })
    child.stderr.on('data', chunk => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, out, err }))
  })

/** A directory `payments-api` with these files, in a temporary one that is removed after the test. */
export const workingCopy = async (files: Record<string, string | Buffer>): Promise<string> => {
  const parent = await mkdtemp(join(tmpdir(), 'golden-path-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  const root = join(parent, 'payments-api')
  await mkdir(root)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return root
}

export const component = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments-api
spec:
  type: service
  lifecycle: production
  owner: payments
`
