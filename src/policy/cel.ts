import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { fullPatternAllowance, type PatternAllowance, sizeMistake } from './pattern-allowance.ts'

/** A condition of a policy, compiled and type-checked; holds no state between evaluations. */
export interface Condition {
  source: string
  /** The operands of the outermost `&&`, to say which one is not kept; the condition itself where there is none. */
  parts: readonly ConditionPart[]
}

export interface ConditionPart {
  source: string
  /** What it looks at: `doc.audit.retentionDays` is `['audit', 'retentionDays']`. In the order written. */
  paths: readonly (readonly (string | number)[])[]
}

export type Compiled =
  | { ok: true; condition: Condition }
  /** `offset` counts characters of the source from 0. */
  | { ok: false; message: string; offset: number }

export type Evaluated = { ok: true; value: boolean } | { ok: false; message: string; missing: boolean }

export interface Variables {
  /** The file as data: its first document. */
  doc: unknown
  /** Every document of the file. */
  docs: unknown[]
  /** The file as text. */
  text: string
}

// Far above what a person writes in a condition, far below what makes the parser slow.
const limits = { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 500 }

const longestCondition = 10_000
const longestPattern = 1_000

const linearMatches = 'matchesInLinearTime'

const environment = new Environment({ limits, homogeneousAggregateLiterals: false })
  .registerVariable('doc', 'dyn')
  .registerVariable('docs', 'list')
  .registerVariable('text', 'string')
  .registerFunction(`string.${linearMatches}(string): bool`, (text: string, pattern: string) => {
    const compiled = compilePattern(pattern)
    if (typeof compiled === 'string') throw new EvaluationError(compiled)
    return compiled.matcher(text).find()
  })

const compilePattern = (pattern: string): RE2JS | string => {
  if (pattern.length > longestPattern)
    return `A regular expression has ${pattern.length} characters. Expected at most ${longestPattern}`
  try {
    return RE2JS.compile(pattern)
  } catch {
    return `"${pattern.slice(0, 60)}" is no regular expression of RE2 syntax (no look-around, no back references)`
  }
}

/** Compiles a condition over `doc`, `docs` and `text`; `hasDoc` is false for files that are no YAML or JSON. */
export const compileCondition = (
  source: string,
  hasDoc: boolean,
  patterns: PatternAllowance = fullPatternAllowance(),
): Compiled => {
  if (source.length > longestCondition) {
    const message = `The condition has ${source.length} characters. Expected at most ${longestCondition}`
    return { ok: false, message, offset: 0 }
  }
  try {
    const program = prepare(source)
    const mistake = badPattern(program.ast, patterns) ?? (hasDoc ? undefined : useOfDoc(program.ast))
    if (mistake) return { ok: false, ...mistake }
    const checked = program.check()
    if (!checked.valid) return failure(checked.error)
    if (checked.type !== 'bool' && checked.type !== 'dyn') {
      return {
        ok: false,
        message: `The condition gives ${checked.type}. Expected true or false (bool)`,
        offset: 0,
      }
    }
    return {
      ok: true,
      condition: { source, parts: conjuncts(program.ast).map(part => conditionPart(source, part)) },
    }
  } catch (error) {
    return failure(error)
  }
}

const failure = (error: unknown): Compiled => {
  const summary = summaryOf(error)
  const offset = error instanceof Error && 'range' in error ? rangeStart(error.range) : 0
  return { ok: false, message: `Not a CEL condition: ${summary}`, offset }
}

const rangeStart = (range: unknown): number =>
  typeof range === 'object' && range !== null && 'start' in range && typeof range.start === 'number'
    ? range.start
    : 0

const summaryOf = (error: unknown): string => {
  if (error instanceof RangeError) return 'it is nested too deep or grows too large'
  const summary = error instanceof Error && 'summary' in error ? error.summary : undefined
  const text = typeof summary === 'string' ? summary : error instanceof Error ? error.message : 'it fails'
  return text.replaceAll(linearMatches, 'matches').slice(0, 200)
}

/**
 * The condition's answer. Compiled anew each time (about 10 µs): cel-js keeps state in its syntax tree, and a
 * tree whose evaluation was cut off half way is not to be used again. Never throws, but may take forever: call
 * it within a time limit.
 */
export const evaluateCondition = (source: string, variables: Variables): Evaluated => {
  try {
    const value: unknown = prepare(source)({ ...variables })
    if (typeof value === 'boolean') return { ok: true, value }
    return { ok: false, message: 'the condition gives no true or false', missing: false }
  } catch (error) {
    const missing = error instanceof EvaluationError && error.code === 'no_such_key'
    return { ok: false, message: summaryOf(error), missing }
  }
}

const prepare = (source: string) => {
  const program = environment.parse(source)
  // cel-js does `matches` with JavaScript's backtracking RegExp, and its own can't be overridden: the call is
  // renamed to ours. Without this `text.matches("(a+)+$")` takes exponential time.
  for (const node of nodesOf(program.ast)) {
    if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = linearMatches
  }
  return program
}

/** Every node of the tree, without recursion: a tree may be as deep as the parser allows. */
function* nodesOf(root: ASTNode): Generator<ASTNode> {
  const open: unknown[] = [root]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (isNode(next)) {
      yield next
      open.push(next.args)
    } else if (Array.isArray(next)) open.push(...next.toReversed())
  }
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

const badPattern = (
  ast: ASTNode,
  patterns: PatternAllowance,
): { message: string; offset: number } | undefined => {
  for (const node of nodesOf(ast)) {
    if (node.op !== 'rcall' || node.args[0] !== linearMatches) continue
    const [argument] = node.args[2]
    if (argument?.op !== 'value' || typeof argument.args !== 'string') continue
    const compiled = compilePattern(argument.args)
    if (typeof compiled === 'string') return { message: compiled, offset: argument.start }
    const tooLarge = sizeMistake(compiled.programSize(), patterns)
    if (tooLarge) return { message: `"${argument.args.slice(0, 60)}" ${tooLarge}`, offset: argument.start }
  }
  return undefined
}

const useOfDoc = (ast: ASTNode): { message: string; offset: number } | undefined => {
  for (const node of nodesOf(ast)) {
    if (node.op === 'id' && (node.args === 'doc' || node.args === 'docs')) {
      return {
        message: `"${node.args}" is there only for .yaml, .yml and .json files. Expected a condition over text`,
        offset: node.start,
      }
    }
  }
  return undefined
}

const conjuncts = (ast: ASTNode): ASTNode[] => {
  const found: ASTNode[] = []
  const open: ASTNode[] = [ast]
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.op === '&&') open.push(next.args[1], next.args[0])
    else found.push(next)
  }
  return found
}

const conditionPart = (source: string, node: ASTNode): ConditionPart => {
  const paths: (string | number)[][] = []
  const open: unknown[] = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...next.toReversed())
    if (!isNode(next)) continue
    const path = docPath(next)
    if (path) paths.push(path)
    else open.push(next.args)
  }
  return { source: source.slice(node.start, node.end), paths }
}

/** `doc.a["b"][0]` as `['a', 'b', 0]`; `undefined` for anything else. */
const docPath = (node: ASTNode): (string | number)[] | undefined => {
  const path: (string | number)[] = []
  let at = node
  while (at.op === '.' || at.op === '[]') {
    const step = at.op === '.' ? at.args[1] : at.args[1].op === 'value' ? at.args[1].args : undefined
    if (typeof step === 'string') path.unshift(step)
    else if (typeof step === 'bigint') path.unshift(Number(step))
    else return undefined
    at = at.args[0]
  }
  return at.op === 'id' && at.args === 'doc' ? path : undefined
}
