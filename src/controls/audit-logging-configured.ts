import { filesMatching, nameOf, pathsMatching } from '../snapshot/files/tree-files.ts'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Control, Outcome } from './control.ts'
import { fail, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest, unlessWithoutCode, withoutCode } from './support/at-rest.ts'
import { notOurs } from './support/manifests.ts'
import { given, globs, matchesAny } from './support/parameter.ts'

const usual = [
  '**/logback*.xml',
  '**/log4j2*.{xml,yaml,yml,properties}',
  '**/logging.{yaml,yml,json,ini,conf,properties}',
  '**/audit*.{yaml,yml,json}',
] as const

const messages = {
  none: (asked: readonly string[]): string =>
    `There is no file that sets up audit logging. Expected one at ${listed(asked.map(plain), 4).replace(/ and ([^ ]+|\d+ more)$/, ' or $1')}.`,
  silent: (paths: readonly string[]): string =>
    `${listed(paths.map(plain), 3)} ${paths.length === 1 ? 'sets' : 'set'} up logging and ${paths.length === 1 ? 'says' : 'say'} nothing of an audit log. Expected a logger or an appender for audit.`,
}

const files = globs([])

export const auditLoggingConfigured: Control = {
  id: 'audit-logging-configured',
  title: 'Audit logging configured',
  why: 'After an incident the question is who did what and when, and only what was logged then can answer it.',
  satisfies: evidenceOf('audit-logging-configured'),
  reads: { files: [...usual], facts: ['metadata'], tree: true },
  heuristic: true,
  parameters: { files },
  check: (snapshot, context) => {
    const resting = atRest(snapshot) ?? withoutCode(snapshot)
    if (resting) return resting
    const asked = given(context, 'files', files)
    return unlessWithoutCode(snapshot, asked.length > 0 ? named(snapshot, asked) : recognised(snapshot))
  },
}

/** The organisation says where audit logging is set up: what is there under that name is not read. */
const named = (snapshot: Snapshot, asked: readonly string[]): Outcome => {
  const found = pathsMatching(snapshot, asked)
  if (!found.known) return undecided(`${found.detail}.`)
  const [first] = found.value
  return first
    ? pass(`${plain(first)} is there.`)
    : fail({ message: messages.none(asked), next: `Add ${plain(asked[0] ?? '')}` })
}

const recognised = (snapshot: Snapshot): Outcome => {
  const matched = filesMatching(snapshot, usual)
  if (!matched.known) return undecided(`${matched.detail}.`)
  const isOthers = matchesAny([...notOurs, '**/.*/**'])
  const silent: string[] = []
  let unread: Outcome | undefined
  for (const { path, fact } of matched.value) {
    if (isOthers(path)) continue
    if (!fact.known) unread ??= unreadableFile(path, fact)
    else if (fact.value.exists) {
      if (speaksOf(path, fact.value.text)) return pass(`${plain(path)} sets up an audit log, by its words.`)
      silent.push(path)
    }
  }
  if (unread) return unread
  const [first] = silent
  return first === undefined
    ? fail({
        message: messages.none(['logback.xml', 'log4j2.xml', 'logging.yaml', 'audit.yaml']),
        next: 'Set up an audit log, or have the policy name the file that does (files)',
      })
    : fail({
        message: messages.silent(silent),
        location: { path: first, line: 1 },
        next: `Set up an audit log in ${plain(first)}, or have the policy name the file that does (files)`,
      })
}

/** What is called `audit` alone may as well look for vulnerable dependencies: its words must be those of logging. */
const speaksOf = (path: string, text: string): boolean => {
  const name = nameOf(path).toLowerCase()
  if (!name.includes('audit')) return /audit/i.test(text)
  return name.includes('log') ? /\S/.test(text) : ofLogging.test(text)
}

const ofLogging = /\blog(?:s|ging|gers?|_|\b)|appender|\bsinks?\b|retention|siem|audit\.k8s\.io/i
