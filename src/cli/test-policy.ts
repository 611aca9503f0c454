import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Outcome } from '../controls/control.ts'
import { builtInControls } from '../controls/index.ts'
import { readCases, type TestCase } from '../policy/case-file.ts'
import { parsePolicy } from '../policy/parse.ts'
import type { Policy } from '../policy/policy.ts'
import type { Output } from './check.ts'
import { plainLine } from './plain-line.ts'
import { readPolicy, readPolicyFile, versionOf } from './policy-files.ts'
import { outcomeOfCase } from './test-case.ts'
import { UsageError } from './usage-error.ts'

const testDirectory = 'golden-path-tests'
const mainFile = 'golden-path.yml'

/** Runs the cases beside a policy. 0: all as expected. 1: one is not. 2: the policy or a file of cases has a mistake. */
export const testPolicy = async (
  path: string,
  { write, warn, now }: Output & { now: Date },
): Promise<0 | 1 | 2> => {
  const place = await placeOf(path)
  const policy = await policyAt(place.policy, warn)
  if (!policy) return 2
  const files = await Promise.all(
    place.cases.map(async file => ({
      file,
      read: readCases((await readPolicyFile(file)).text, policy.controls),
    })),
  )
  for (const { file, read } of files)
    for (const problem of read.ok ? [] : read.problems) warn(problemLine(file, problem))
  if (files.some(({ read }) => !read.ok)) return 2
  const results: Result[] = []
  for (const { file, read } of files) {
    for (const test of read.ok ? read.cases : []) {
      const result = { test, file, outcome: await outcome(test, file, policy, now) }
      results.push(result)
      write(`${line(result)}\n`)
    }
  }
  const wrong = results.filter(result => !isAsExpected(result)).length
  const count = `${results.length} ${results.length === 1 ? 'case' : 'cases'}`
  write(`${count}: ${results.length - wrong} as expected, ${wrong} not.\n`)
  return wrong === 0 ? 0 : 1
}

interface Result {
  test: TestCase
  file: string
  outcome: Outcome
}

/** A policy, a directory that holds one, or one file of cases. */
const placeOf = async (written: string): Promise<{ policy: string; cases: string[] }> => {
  const path = basename(resolve(written)) === testDirectory ? dirname(resolve(written)) : written
  const state = await stat(path).catch(() => undefined)
  if (!state) throw new UsageError(`There is no ${path}. Expected a policy, or a directory with ${mainFile}.`)
  if (basename(dirname(path)) === testDirectory)
    return { policy: join(dirname(dirname(path)), mainFile), cases: [path] }
  const policy = state.isDirectory() ? join(path, mainFile) : path
  const directory = join(dirname(policy), testDirectory)
  const names = (await readdir(directory).catch(() => [])).filter(name => name.endsWith('.yml')).sort()
  if (names.length === 0)
    throw new UsageError(`There are no cases for ${policy}. Expected files ${join(directory, '*.yml')}.`)
  return { policy, cases: names.map(name => join(directory, name)) }
}

const policyAt = async (path: string, warn: Output['warn']): Promise<Policy | undefined> => {
  const files = await readPolicy(path)
  const parsed = parsePolicy(files, { version: versionOf(files), library: builtInControls })
  if (parsed.ok) return parsed.policy
  for (const { path: at, ...problem } of parsed.problems) warn(problemLine(at, problem))
  return undefined
}

const problemLine = (path: string, problem: { line: number; column: number; message: string }): string =>
  `${plainLine(path)}:${problem.line}:${problem.column}: ${plainLine(problem.message)}\n`

const outcome = async (test: TestCase, file: string, policy: Policy, now: Date): Promise<Outcome> =>
  outcomeOfCase(test, dirname(file), policy, now).catch((error: unknown) => {
    throw new UsageError(`${file}:${test.line}: ${error instanceof Error ? error.message : String(error)}`)
  })

const messagesOf = (result: Outcome): string[] =>
  result.status === 'fail' ? result.findings.map(finding => finding.message) : [result.message]

const isAsExpected = ({ test, outcome: came }: Result): boolean => {
  const { expect, message } = test.case
  return came.status === expect && (!message || messagesOf(came).some(each => each.includes(message)))
}

const line = (result: Result): string => {
  const { test, file, outcome: came } = result
  const { name, expect, message } = test.case
  const [said = ''] = messagesOf(came)
  const what = `${test.control.id}: ${plainLine(name)}`
  if (isAsExpected(result)) return `ok     ${what}: ${came.status}, ${plainLine(said)}`
  const wanted = message && came.status === expect ? `${expect} with "${plainLine(message)}"` : expect
  return `wrong  ${what}: expected ${wanted}, came ${came.status}, ${plainLine(said)} (${plainLine(file)}:${test.line})`
}
