/** Policies with one thing wrong each, made from good ones; the same ones in every run. */

/** mulberry32: 32 bits of state are enough to choose lines. */
const random = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Random = ReturnType<typeof random>

const pick = <T>(list: readonly [T, ...T[]], choose: Random): T => list[choose(list.length)] ?? list[0]

/** Another text for one line; the line as it is where the mutation does not fit it. */
type Mutation = (line: string, choose: Random) => string

const key = /^(\s*(?:- )?)([\w-]+):/
const value = /^(\s*(?:- )?[\w-]+: )(\S.*)$/

const misspelt = (word: string, choose: Random): string => {
  const at = choose(Math.max(1, word.length - 1))
  const [before, letter = '', next = '', after] = [
    word.slice(0, at),
    word[at],
    word[at + 1],
    word.slice(at + 2),
  ]
  return pick(
    [before + next + letter + after, before + next + after, `${before}${letter}${letter}${next}${after}`],
    choose,
  )
}

const mutations: Record<string, Mutation> = {
  'a line less': () => '',
  'a key less': line => line.replace(key, '$1'),
  'a value less': line => line.replace(value, '$1'),
  'a misspelt key': (line, choose) =>
    line.replace(key, (_, before, word) => `${before}${misspelt(word, choose)}:`),
  'a misspelt word': (line, choose) =>
    line.replace(/\b(enforce|advise|observe|private|true)\b/, word => misspelt(word, choose)),
  'a day that is none': (line, choose) =>
    line.replace(/\d{4}-\d\d-\d\d/, () =>
      pick(['2027-13-01', '2027-02-30', '27-1-5', 'tomorrow', '2027-01-15T00:00'], choose),
    ),
  'another type': (line, choose) =>
    line.replace(
      value,
      (_, before) =>
        before + pick(['5', '[]', '{}', 'true', 'null', '[[1]]', '{ a: 1 }', '-0.5', '""'], choose),
    ),
  'the line twice': line => `${line}\n${line}`,
  'a line further in': (line, choose) => pick([' ', '   ', '\t', '        '], choose) + line,
  'a line further out': line => line.replace(/^ {1,3}/, ''),
  'a huge value': (line, choose) =>
    line.replace(value, (_, before) => before + pick(['x', 'é', '9'], choose).repeat(20_000)),
  'a huge key': line => line.replace(key, (_, before, word) => `${before}${word.repeat(2_000)}:`),
  'strange letters': (line, choose) =>
    line.replace(
      key,
      (_, before, word) =>
        `${before}${word}${pick(['é', '\u200b', '\u202e', '💥', '\ufeff', '\u0000'], choose)}:`,
    ),
  'a bracket': (line, choose) => {
    const at = choose(line.length + 1)
    return (
      line.slice(0, at) +
      pick(['[', ']', '{', '}', '"', '&a ', '*a', '!!x ', '- ', ': ', '|'], choose) +
      line.slice(at)
    )
  },
}

export interface Mutant {
  how: string
  text: string
}

/** `amount` mutants of the good texts. Some are still right: a line less may be a comment. */
export const mutantsOf = (good: readonly string[], amount: number, seed = 20_261_122): Mutant[] => {
  const choose = random(seed)
  const names = Object.keys(mutations)
  const made: Mutant[] = []
  for (let index = 0; made.length < amount; index++) {
    const text = good[index % good.length] ?? ''
    const lines = text.split('\n')
    const at = choose(lines.length)
    const how = names[index % names.length] ?? ''
    const line = lines[at] ?? ''
    const changed = mutations[how]?.(line, choose) ?? line
    if (changed === line) continue
    made.push({
      how: `${how} (${at + 1})`,
      text: [...lines.slice(0, at), changed, ...lines.slice(at + 1)].join('\n'),
    })
  }
  return made
}
