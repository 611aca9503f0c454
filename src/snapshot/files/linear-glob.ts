import { RE2JS } from 're2js'

export type Matcher = (text: string) => boolean

const mostAlternatives = 64
const longestGlob = 1_000

/** A `*`, `?`, `[` or `**`, which only the whole tree can answer; `{a,b}` alone is a list of exact paths. */
export const isTrueGlob = (pattern: string): boolean => /[*?[]/.test(pattern)

/**
 * `config/logging.{yaml,yml}` as its exact alternatives, nested ones too, in the order written. A brace without
 * a comma or a partner stands for itself. Throws when there are more than 64.
 */
export const expandBraces = (pattern: string): string[] => {
  const done: string[] = []
  // A stack instead of recursion: the order written is kept and a thousand braces can't overflow.
  const open: string[] = [pattern]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = firstGroup(next)
    if (group) for (const alternative of group.alternatives.reverse()) open.push(alternative)
    else done.push(next)
    if (done.length + open.length > mostAlternatives) {
      throw new Error(`stands for more than ${mostAlternatives} paths; use fewer {…} alternatives`)
    }
  }
  return [...new Set(done)]
}

const firstGroup = (pattern: string): { alternatives: string[] } | undefined => {
  for (let start = pattern.indexOf('{'); start !== -1; start = pattern.indexOf('{', start + 1)) {
    const commas: number[] = []
    let depth = 0
    for (let at = start; at < pattern.length; at++) {
      const character = pattern[at]
      if (character === '{') depth++
      if (character === ',' && depth === 1) commas.push(at)
      if (character === '}' && --depth === 0) {
        if (commas.length === 0) break
        const ends = [start, ...commas, at]
        const alternatives = ends
          .slice(0, -1)
          .map(
            (end, index) =>
              pattern.slice(0, start) + pattern.slice(end + 1, ends[index + 1]) + pattern.slice(at + 1),
          )
        return { alternatives }
      }
    }
  }
  return undefined
}

/**
 * A matcher for a glob: `*` and `?` within one path segment, `**` across them, `[a-z]`, `{a,b}`. Names that begin
 * with a dot are matched like any other. Throws a sentence's end when it is no glob.
 *
 * RE2 instead of picomatch: `*a*a*a*a*a*a*b` is polynomial of the seventh degree in a backtracking engine, and a
 * policy must not be able to hang us.
 */
export const glob = (pattern: string, options: { ignoreCase?: boolean } = {}): Matcher => {
  const key = `${options.ignoreCase === true} ${pattern}`
  const before = compiled.get(key)
  if (before) return before
  const matcher = compile(pattern, options)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(key, matcher)
  return matcher
}

/** Matches what any of the globs among the patterns matches; exact paths among them are passed over. */
export const pathMatcher = (patterns: readonly string[]): Matcher => {
  const matchers = patterns.filter(isTrueGlob).map(pattern => glob(pattern))
  return path => matchers.some(matches => matches(path))
}

/** Matches what any of the patterns means, exact ones too: the many that are names are looked up at once. */
export const anyGlob = (patterns: readonly string[], options: { ignoreCase?: boolean } = {}): Matcher => {
  const [globs, names] = [true, false].map(isGlob =>
    [...new Set(patterns)].filter(pattern => expandBraces(pattern).some(isTrueGlob) === isGlob),
  )
  const isNamed = oneOf((names ?? []).flatMap(expandBraces), options)
  const matchers = (globs ?? []).map(pattern => glob(pattern, options))
  return text => isNamed(text) || matchers.some(matches => matches(text))
}

// A policy's globs are asked about for each repository; compiling one takes longer than a hundred questions.
const compiled = new Map<string, Matcher>()
const mostCompiled = 5_000

const compile = (pattern: string, options: { ignoreCase?: boolean }): Matcher => {
  if (pattern.length > longestGlob) throw new Error(`is longer than ${longestGlob} characters`)
  const alternatives = expandBraces(pattern)
  // Most are names as they are, and an expression takes a thousand times as long to compile.
  if (!alternatives.some(isTrueGlob)) return oneOf(alternatives, options)
  const source = alternatives.map(translate).join('|')
  const flags = RE2JS.DOTALL | (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  const expression = RE2JS.compile(`^(?:${source})$`, flags)
  const ends = alternatives.map(each => literalEnds(options.ignoreCase ? each.toLowerCase() : each))
  const mayMatch = (text: string): boolean =>
    ends.some(
      ({ first, last, within }) => text.startsWith(first) && text.endsWith(last) && text.includes(within),
    )
  if (!options.ignoreCase) return text => mayMatch(text) && expression.matches(text)
  // Beyond ASCII a letter may have a partner of another case that `toLowerCase` does not know: `ſ` is an S.
  if (!isAscii(pattern)) return text => expression.matches(text)
  return text => (!isAscii(text) || mayMatch(text.toLowerCase())) && expression.matches(text)
}

const isAscii = (text: string): boolean => /^[ -~]*$/.test(text)

const oneOf = (names: readonly string[], { ignoreCase }: { ignoreCase?: boolean }): Matcher => {
  const wanted = new Set(ignoreCase ? names.map(name => name.toLowerCase()) : names)
  return text => wanted.has(ignoreCase ? text.toLowerCase() : text)
}

/** What any match begins and ends with and holds. Comparing that first spares nearly all of 100,000 paths the expression. */
const literalEnds = (pattern: string): { first: string; last: string; within: string } => ({
  first: /^[^*?[]*/.exec(pattern)?.[0] ?? '',
  // `**/` may stand for nothing, so that the slash is none that must be there.
  last: pattern.slice(Math.max(...['*', '?', ']', '/'].map(mark => pattern.lastIndexOf(mark))) + 1),
  within: pattern.includes('[')
    ? ''
    : pattern
        .split(/[*?]+\/?/)
        .reduce((longest, literal) => (literal.length > longest.length ? literal : longest), ''),
})

const translate = (pattern: string): string => {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? ''
    if (pattern.startsWith('**/', at) && (at === 0 || pattern[at - 1] === '/')) {
      source += '(?:.*/)?'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      source += '.*'
      at += 1
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end === -1) throw new Error('has a [ without its ]')
      source += characterClass(pattern.slice(at + 1, end))
      at = end
    } else source += RE2JS.quote(character)
  }
  return source
}

const characterClass = (content: string): string => {
  const negated = content.startsWith('!') || content.startsWith('^')
  const members = (negated ? content.slice(1) : content).replaceAll(/[\\[\]^&/]/g, '\\$&')
  return negated ? `[^/${members}]` : `[${members}]`
}
