import { distance } from 'fastest-levenshtein'

// Levenshtein is quadratic in the length, and nobody means a word of 64 letters by one of 1,000.
const longest = 64

/** The word most likely meant, or `undefined` when none is near: up to a third of the letters may differ. */
export const nearest = (word: string, words: Iterable<string>): string | undefined => {
  if (word.length > longest) return undefined
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const candidateDistance = lettersApart(word.toLowerCase(), candidate.toLowerCase())
    if (candidateDistance < bestDistance) {
      best = candidate
      bestDistance = candidateDistance
    }
  }
  return best
}

/** Two letters the wrong way round are one mistake: `ofr`. */
const lettersApart = (word: string, meant: string): number =>
  word !== meant && inOrder(word) === inOrder(meant) ? 1 : distance(word, meant)

const inOrder = (word: string): string => [...word].sort().join('')

/** A selector has 16 keys; of more words nobody reads the rest. */
const mostWords = 16

/** `observe, advise or enforce`; of many only the first. */
export const oneOf = (words: readonly string[]): string => {
  const shown =
    words.length > mostWords ? [...words.slice(0, mostWords), `${words.length - mostWords} more`] : words
  return shown.length < 2
    ? (shown[0] ?? 'nothing')
    : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`
}

/** `; the nearest is "enforce"`, or nothing. */
export const hint = (word: string, words: Iterable<string>): string => {
  const meant = nearest(word, words)
  return meant === undefined ? '' : `; the nearest is "${meant}"`
}
