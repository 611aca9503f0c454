import type { CodeownersError } from './vocabulary.ts'

export type Standing = 'writes' | 'no-write' | 'missing'
export interface Directory {
  hasTeam(organisation: string, slug: string): Standing
  hasUser(login: string): Standing
  hasEmail(email: string): boolean
}

/** GitHub does not load a CODEOWNERS file over 3 MB and reports nothing of it. */
const MAXIMUM_BYTES = 3 * 1024 * 1024

/**
 * The errors GitHub lists for a CODEOWNERS file. By its documentation: patterns follow gitignore except `!`, `[ ]`
 * and an escaped leading `#`; owners are `@user`, `@org/team` or an e-mail; an owner must exist, be visible and
 * hold write access. A line without owners is allowed: it takes ownership away.
 */
export function codeownersErrors(path: string, text: string, directory: Directory): CodeownersError[] {
  if (Buffer.byteLength(text) > MAXIMUM_BYTES) return []
  const errors: CodeownersError[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const report = (kind: CodeownersError['kind'], at: number, suggestion?: string) => {
      const message = `${kind} on line ${index + 1}:${suggestion ? ` ${suggestion}` : ''}\n\n  ${line}\n  ${' '.repeat(at)}^`
      errors.push({ line: index + 1, column: at + 1, kind, source: line, suggestion, message, path })
    }
    const [pattern, ...owners] = wordsOf(line)
    if (!pattern) continue
    const suggestion = patternProblem(pattern.text)
    if (suggestion) report('Invalid pattern', pattern.at, suggestion)
    else
      for (const owner of owners) {
        const problem = ownerProblem(owner.text, directory)
        if (problem) report(problem.kind, owner.at, problem.suggestion)
      }
  }
  return errors
}

/** Words with their places; a backslash keeps the space after it, and `#` at the start of a word opens a comment. */
function wordsOf(line: string): { text: string; at: number }[] {
  const found: { text: string; at: number }[] = []
  for (const match of line.matchAll(/(?:\\.|[^\s\\])+/g)) {
    if (match[0].startsWith('#')) break
    found.push({ text: match[0], at: match.index })
  }
  return found
}

function patternProblem(pattern: string): string | undefined {
  if (pattern.startsWith('!')) return 'Patterns cannot be negated with `!`.'
  if (/[[\]]/.test(pattern)) return 'Character ranges with `[ ]` do not work here.'
  if (pattern.startsWith('\\#')) return 'A pattern cannot start with an escaped `#`.'
  if (pattern.includes('***')) return `Did you mean \`${pattern.replace(/\*{3,}/g, '**')}\`?`
  return undefined
}

interface Problem {
  kind: CodeownersError['kind']
  suggestion?: string
}

function ownerProblem(owner: string, directory: Directory): Problem | undefined {
  const team = /^@([a-z\d][a-z\d-]*)\/([a-z\d][\w.-]*)$/i.exec(owner)
  if (team) {
    if (directory.hasTeam(team[1] ?? '', team[2] ?? '') === 'writes') return undefined
    return {
      kind: 'Unknown owner',
      suggestion: `make sure the team ${owner} exists, is publicly visible, and has write access to the repository`,
    }
  }
  const user = /^@([a-z\d][a-z\d-]*(?:\[bot\])?)$/i.exec(owner)
  if (user) {
    if (directory.hasUser(user[1] ?? '') === 'writes') return undefined
    return {
      kind: 'Unknown owner',
      suggestion: `make sure ${owner} exists and has write access to the repository`,
    }
  }
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(owner)) return { kind: 'Invalid owner' }
  if (directory.hasEmail(owner)) return undefined
  return {
    kind: 'Unknown owner',
    suggestion: `make sure ${owner} is the address of a user with write access to the repository`,
  }
}
