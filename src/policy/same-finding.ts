import type { Finding } from '../controls/control.ts'

/**
 * What of a finding is comparable between two commits: lines move, files are renamed, and a count or a list in a message
 * grows. Pure; linear in the message's length.
 */
export interface Comparable {
  /** Where it is, in the head's names; '' without a place. */
  path: string
  /** The message without lines, in the head's names. */
  text: string
  /** Words that make the sentence what it is, without names and numbers. */
  frame: ReadonlySet<string>
  /** What it speaks of: quoted, or no plain word. */
  names: ReadonlySet<string>
  /** Those of them that are quoted. */
  quoted: ReadonlySet<string>
  numbers: readonly number[]
  /** It names some of a list and counts the others. */
  isCut: boolean
}

const longestMessage = 4_000
/** Every pair that is left is compared by them; what a longer sentence has more must all have been said before. */
const mostFrameWords = 60

/** @param renamed path at the head by path at the base */
export function comparable(finding: Finding, renamed: ReadonlyMap<string, string>): Comparable {
  const path = finding.location?.path ?? ''
  const words = withoutLines(finding.message.slice(0, longestMessage))
    .split(/\s+/)
    .map(word => inHeadsNames(word, renamed))
  const frame = new Set<string>()
  const names = new Set<string>()
  const quoted = new Set<string>()
  const numbers: number[] = []
  for (const [index, word] of words.entries()) {
    const bare = bareOf(word)
    if (/^\d[\d,]{0,15}$/.test(bare)) {
      // "17 of the 120 files": how many there are besides says nothing of what is wrong.
      if (!/^of$/.test(words[index - 1] ?? '') && !/^of the$/.test(words.slice(index - 2, index).join(' ')))
        numbers.push(Number(bare.replaceAll(',', '')))
    } else if (/^[A-Za-z][a-z']*$/.test(bare) && !/^["'`]/.test(word)) {
      if (linking.has(bare)) continue
      const plainWord = bare.toLowerCase().replace(/s$/, '')
      if (frame.size < mostFrameWords) frame.add(plainWord)
      else if (!frame.has(plainWord)) names.add(plainWord)
    } else if (bare !== '') {
      names.add(bare)
      if (/^["'`]/.test(word)) quoted.add(bare)
    }
  }
  const text = words.join(' ')
  return {
    path: renamed.get(path) ?? path,
    text,
    frame,
    names,
    quoted,
    numbers,
    isCut: /\band \d[\d,]* more\b/.test(text),
  }
}

/** Of two that are not word for word the same: whether they are about the same thing. */
export function isSameMatter(head: Comparable, base: Comparable): boolean {
  if (head.path !== base.path) return false
  const shared = [...head.frame].filter(word => base.frame.has(word)).length
  return (
    shared >= mostlyTheSame * Math.max(head.frame.size, base.frame.size) && mayShare(head.quoted, base.quoted)
  )
}

const mostlyTheSame = 0.7

/** Two that quote quite different things are two matters: an owner that is gone, and another one that never was. */
const mayShare = (head: ReadonlySet<string>, base: ReadonlySet<string>): boolean =>
  head.size === 0 || base.size === 0 || [...head].some(name => base.has(name))

/** Of two about the same: whether the head's says nothing that the base's did not, and no larger number. */
export const isNoWorse = (head: Comparable, base: Comparable): boolean =>
  [...head.frame].every(word => base.frame.has(word) || base.isCut) &&
  (base.isCut || [...head.names].every(name => base.names.has(name))) &&
  head.numbers.every((number, index) => number <= (base.numbers[index] ?? 0))

/** `line 12`, `catalog-info.yaml:12:3`. What is quoted stays whole: `"node:24"` is no place. */
const withoutLines = (message: string): string =>
  message.replace(
    /"[^"]*"|`[^`]*`|\b(lines?) \d{1,9}(?:(?:,| and|-) ?\d{1,9})*|(\w):\d{1,9}(?::\d{1,9})?\b/g,
    (all, line?: string, place?: string) => line ?? place ?? all,
  )

const inHeadsNames = (word: string, renamed: ReadonlyMap<string, string>): string => {
  if (renamed.size === 0) return word
  const bare = bareOf(word)
  const now = renamed.get(bare)
  return now === undefined ? word : word.replace(bare, () => now)
}

/** Without the marks around it. Step by step: a pattern for the end would begin anew at each of a thousand colons. */
const bareOf = (word: string): string => {
  let [first, last] = [0, word.length]
  while (first < last && opening.includes(word.charAt(first))) first++
  while (first < last && closing.includes(word.charAt(last - 1))) last--
  return word.slice(first, last)
}

const opening = '"\'`([{'
const closing = '"\'`)]},;:.!?'

const linking = new Set(['and', 'or', 'more', 'a', 'an', 'the', 'is', 'are', 'has', 'have', 'it', 'them'])
