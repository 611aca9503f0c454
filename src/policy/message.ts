import { plain } from '../snapshot/quoted-text.ts'
import { compileExpression, type Expression, evaluateExpression, type Scope, type Variables } from './cel.ts'
import type { PatternAllowance } from './pattern-allowance.ts'

/** `Logs are kept {{ doc.audit.retentionDays }} days.` as its words and its expressions. */
export type Message = readonly (string | Expression)[]

export interface MessageMistake {
  message: string
  /** Counts characters of the message from 0. */
  offset: number
}

const mostExpressions = 10

/** Compiles a message. Expressions of GitHub's workflows, `${{ … }}`, are words. */
export const compileMessage = (
  source: string,
  scope: Scope,
  patterns: PatternAllowance,
): { message: Message; mistakes: MessageMistake[] } => {
  const parts: (string | Expression)[] = []
  const mistakes: MessageMistake[] = []
  let at = 0
  for (let open = nextOpening(source, 0); open !== -1; open = nextOpening(source, at)) {
    const close = source.indexOf('}}', open)
    if (close === -1) {
      mistakes.push({ message: 'A {{ has no }} after it. Expected {{ expression }}', offset: open })
      break
    }
    if (parts.length >= mostExpressions * 2) {
      mistakes.push({ message: `A message has at most ${mostExpressions} expressions`, offset: open })
      break
    }
    const begin = open + 2
    const written = source.slice(begin, close)
    const inset = written.length - written.trimStart().length
    const compiled = compileExpression(written.trim(), 'words', scope, patterns)
    if (compiled.ok) parts.push(source.slice(at, open), compiled.expression)
    else mistakes.push({ message: compiled.message, offset: begin + inset + compiled.offset })
    at = close + 2
  }
  return { message: [...parts, source.slice(at)].filter(part => part !== ''), mistakes }
}

const nextOpening = (source: string, from: number): number => {
  let open = source.indexOf('{{', from)
  while (open > 0 && source[open - 1] === '$')
    open = source.indexOf('{{', source.indexOf('}}', open) + 2 || open + 2)
  return open
}

export const expressionsIn = (message: Message): Expression[] =>
  message.flatMap(part => (typeof part === 'string' ? [] : [part]))

/** The sentence. An expression that can't be told leaves its place empty: the words around it still say what to do. */
export const sayMessage = (message: Message, variables: Variables): string =>
  message.map(part => (typeof part === 'string' ? part : shown(evaluateExpression(part, variables)))).join('')

const shown = (evaluated: ReturnType<typeof evaluateExpression>): string => {
  if (!evaluated.ok) return ''
  const { value } = evaluated
  // Text is shown because the author of the policy asked for it by name; cut, and free of control characters.
  if (typeof value === 'string') return plain(value)
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : ''
}
