import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js'
import { type FactUse, factVariables } from './fact-variables.ts'
import { hint, oneOf } from './nearest.ts'
import { type PatternAllowance, sizeMistake } from './pattern-allowance.ts'
import { compilePattern, findIn } from './regular-expression.ts'

/** An expression of a policy, compiled and type-checked; plain data, with no state between evaluations. */
export interface Expression extends Part {
  /** The operands of the outermost `&&`, to say which one is not kept; the expression itself where there is none. */
  parts: readonly Part[]
  /** What it uses of what is known of the repository beside its files. */
  facts: readonly FactUse[]
}

export interface Part {
  source: string
  /** What it looks at: `doc.audit.retentionDays` is `['doc', 'audit', 'retentionDays']`. In the order written. */
  paths: readonly LookedAt[]
}

export type LookedAt = readonly [variable: string, ...steps: (string | number)[]]

export type Compiled =
  | { ok: true; expression: Expression }
  /** `offset` counts characters of the source from 0. */
  | { ok: false; message: string; offset: number }

export type Evaluated = { ok: true; value: unknown } | { ok: false; message: string; missing: boolean }

/** Values by variable; what an expression uses and is not here is an error of its evaluation. */
export type Variables = Readonly<Record<string, unknown>>

/** Where an expression stands, which says what it may be about. */
export interface Scope {
  /** A file, with `file` and `text`. */
  file: boolean
  /** Each file is data, with `doc` and `docs`. */
  data: boolean
  /** Each file is a package manifest, with `manifest`. */
  manifest: boolean
  /** It is asked for each component, with `component`. */
  component: boolean
}

// Far above what a person writes in a condition, far below what makes the parser slow.
const limits = { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 500 }

const longestExpression = 10_000

const linearMatches = 'matchesInLinearTime'

/** What belongs to a file or a component, each with the fields that may follow its dot, and where it may be used. */
const localVariables: Readonly<
  Record<string, { type: string; needs: keyof Scope; fields?: readonly string[]; where: string }>
> = {
  doc: {
    type: 'dyn',
    needs: 'data',
    where: 'for .yaml, .yml, .json, .toml and .properties files and Dockerfiles',
  },
  docs: {
    type: 'list',
    needs: 'data',
    where: 'for .yaml, .yml, .json, .toml and .properties files and Dockerfiles',
  },
  manifest: {
    type: 'dyn',
    needs: 'manifest',
    fields: ['ecosystem', 'name', 'version', 'dependencies', 'developmentDependencies'],
    where: 'for package.json, pyproject.toml, Cargo.toml and go.mod',
  },
  text: { type: 'string', needs: 'file', where: 'in a condition on a file' },
  file: { type: 'string', needs: 'file', where: 'in a condition on a file' },
  component: {
    type: 'dyn',
    needs: 'component',
    fields: ['ref', 'kind', 'name', 'type', 'lifecycle', 'system', 'owner', 'annotations', 'directory'],
    where: 'under "for-each: component"',
  },
}

const noPattern = 'a text is no regular expression of RE2 syntax'

const environment = Object.entries({ ...factVariables, ...localVariables })
  .reduce(
    (known, [name, { type }]) => known.registerVariable(name, type),
    new Environment({ limits, homogeneousAggregateLiterals: false }),
  )
  .registerFunction(`string.${linearMatches}(string): bool`, (text: string, pattern: string) => {
    const found = findIn(text, pattern)
    if (typeof found === 'string') throw new EvaluationError(noPattern)
    return found
  })

/** What an expression must give: a condition true or false, a message's expression something that can be shown. */
type Wanted = 'bool' | 'words'

export const compileExpression = (
  source: string,
  wanted: Wanted,
  scope: Scope,
  patterns: PatternAllowance,
): Compiled => {
  const kind = wanted === 'bool' ? 'condition' : 'expression'
  if (source.length > longestExpression) {
    const message = `The ${kind} has ${source.length} characters. Expected at most ${longestExpression}`
    return { ok: false, message, offset: 0 }
  }
  try {
    const program = prepare(source)
    const used = usesOf(program.ast)
    const mistake = badPattern(program.ast, patterns) ?? outOfPlace(used, scope, kind)
    if (mistake) return { ok: false, ...mistake }
    const checked = program.check()
    if (!checked.valid) return failure(checked.error)
    const expected = unwanted(checked.type ?? 'dyn', wanted)
    if (expected) {
      return { ok: false, message: `The ${kind} gives ${checked.type}. Expected ${expected}`, offset: 0 }
    }
    const parts = conjuncts(program.ast).map(node => ({
      source: source.slice(node.start, node.end),
      paths: usesOf(node).map(({ path }) => path),
    }))
    return {
      ok: true,
      expression: { source, paths: used.map(({ path }) => path), parts, facts: factUses(used) },
    }
  } catch (error) {
    return failure(error)
  }
}

const unwanted = (type: string, wanted: Wanted): string | undefined => {
  if (wanted === 'bool') return ['bool', 'dyn'].includes(type) ? undefined : 'true or false (bool)'
  return ['bool', 'int', 'uint', 'double', 'string', 'dyn'].includes(type)
    ? undefined
    : 'a number, true or false, or text'
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

type Program = ReturnType<typeof prepare>

// Compiling takes 12 µs, evaluating 2. Kept as long as the expression itself.
const programs = new WeakMap<Part, Program>()

/** The expression's value. Never throws, but may take forever: call it within a time limit. */
export const evaluateExpression = (part: Part, variables: Variables): Evaluated => {
  try {
    const program = programs.get(part) ?? prepare(part.source)
    // cel-js keeps state in its syntax tree, and one whose evaluation was cut off half way is not to be used again:
    // it is put back when the evaluation came to its end.
    programs.delete(part)
    const value: unknown = program({ ...variables })
    programs.set(part, program)
    return { ok: true, value }
  } catch (error) {
    const missing = error instanceof EvaluationError && error.code === 'no_such_key'
    return { ok: false, message: withoutValues(error, part.source), missing }
  }
}

/**
 * Why it has no value, with nothing of the file, which may be a secret: cel-js names types in some of its sentences and
 * quotes what it found in the others, after a colon or within quotes. What `source` says itself may be said again.
 */
const withoutValues = (error: unknown, source: string): string => {
  if (error instanceof RangeError) return summaryOf(error)
  if (!(error instanceof EvaluationError)) return 'it has no value'
  const summary = summaryOf(error)
  const [, found] = /^[^:]+: (.+)$/s.exec(summary) ?? []
  const isSaid = found !== undefined && source.includes(found)
  return isSaid || error.code === 'no_such_overload'
    ? summary
    : summary.replace(/(?::|,? got |\s*["'`]).*$/s, '')
}

/** A condition's answer: what gives no true or false can't be applied. */
export const holds = (part: Part, variables: Variables): Evaluated => {
  const evaluated = evaluateExpression(part, variables)
  return !evaluated.ok || typeof evaluated.value === 'boolean'
    ? evaluated
    : { ok: false, message: 'the condition gives no true or false', missing: false }
}

export const isKept = (evaluated: Evaluated): boolean => evaluated.ok && evaluated.value === true

const prepare = (source: string) => {
  const program = environment.parse(source)
  // cel-js does `matches` with JavaScript's backtracking RegExp, and its own can't be overridden: the call is
  // renamed to ours. Without this `text.matches("(a+)+$")` takes exponential time.
  for (const { node } of nodesOf(program.ast)) {
    if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = linearMatches
  }
  return program
}

interface Visited {
  node: ASTNode
  /** Names that a comprehension around it gives to its elements. */
  bound: ReadonlySet<string>
}

const comprehensions = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
const noNames: ReadonlySet<string> = new Set()

/**
 * Every node of the tree in the order written, without recursion: a tree may be as deep as the parser allows. `descend`
 * says whether a node's own nodes are visited too.
 */
function* nodesOf(root: ASTNode, descend: (visited: Visited) => boolean = () => true): Generator<Visited> {
  const open: { value: unknown; bound: ReadonlySet<string> }[] = [{ value: root, bound: noNames }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, bound } = next
    if (isNode(value)) {
      const visited = { node: value, bound }
      yield visited
      if (descend(visited)) open.push(...membersOf(visited).toReversed())
    } else if (Array.isArray(value)) {
      open.push(...value.toReversed().map(member => ({ value: member, bound })))
    }
  }
}

const membersOf = ({ node, bound }: Visited): { value: unknown; bound: ReadonlySet<string> }[] => {
  if (node.op !== 'rcall') return [{ value: node.args, bound }]
  const [name, receiver, args] = node.args
  const [variable, ...rest] = args
  const isBinding = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel'
  if (variable?.op !== 'id' || !(comprehensions.has(name) || isBinding))
    return [
      { value: receiver, bound },
      { value: args, bound },
    ]
  const within = new Set([...bound, variable.args])
  // The value that `cel.bind` gives a name is outside of it.
  const [first, ...others] = rest
  return [
    { value: receiver, bound },
    { value: first, bound: isBinding ? bound : within },
    { value: others, bound: within },
  ]
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

const badPattern = (
  ast: ASTNode,
  patterns: PatternAllowance,
): { message: string; offset: number } | undefined => {
  for (const { node } of nodesOf(ast)) {
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

interface Use {
  path: LookedAt
  offset: number
}

/** The variables it uses, each with what is asked of it. */
const usesOf = (ast: ASTNode): Use[] => {
  const uses: Use[] = []
  const isNoUse = ({ node, bound }: Visited): boolean => {
    const path = pathOf(node, bound)
    if (path) uses.push({ path, offset: node.start })
    return path === undefined
  }
  // Exhausted for what it notes.
  for (const _ of nodesOf(ast, isNoUse));
  return uses
}

/** `doc.a["b"][0]` as `['doc', 'a', 'b', 0]`; `undefined` for anything else. */
const pathOf = (node: ASTNode, bound: ReadonlySet<string>): LookedAt | undefined => {
  const steps: (string | number)[] = []
  let at = node
  while (at.op === '.' || at.op === '[]') {
    const step = at.op === '.' ? at.args[1] : at.args[1].op === 'value' ? at.args[1].args : undefined
    if (typeof step === 'string') steps.unshift(step)
    else if (typeof step === 'bigint') steps.unshift(Number(step))
    else return undefined
    at = at.args[0]
  }
  if (at.op !== 'id' || bound.has(at.args)) return undefined
  return Object.hasOwn(factVariables, at.args) || Object.hasOwn(localVariables, at.args)
    ? [at.args, ...steps]
    : undefined
}

const outOfPlace = (
  uses: readonly Use[],
  scope: Scope,
  kind: string,
): { message: string; offset: number } | undefined => {
  for (const { path, offset } of uses) {
    const [variable, field] = path
    const local = localVariables[variable]
    if (local && !scope[local.needs]) {
      const instead = local.needs === 'data' && scope.file ? ` Expected a ${kind} over text` : ''
      return { message: `"${variable}" is there only ${local.where}.${instead}`.replace(/\.$/, ''), offset }
    }
    const fields = (local ?? factVariables[variable])?.fields
    if (fields && typeof field === 'string' && !fields.includes(field)) {
      const expected = `${oneOf(fields)}${hint(field, fields)}`
      return { message: `"${field.slice(0, 60)}" is nothing of ${variable}. Expected ${expected}`, offset }
    }
  }
  return undefined
}

const factUses = (uses: readonly Use[]): FactUse[] => {
  const found = new Map<string, FactUse>()
  for (const { path } of uses) {
    const [variable, field] = path
    if (!Object.hasOwn(factVariables, variable)) continue
    const use: FactUse = {
      variable,
      ...(factVariables[variable]?.fields && typeof field === 'string' ? { field } : {}),
    }
    found.set(JSON.stringify(use), use)
  }
  return [...found.values()]
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
