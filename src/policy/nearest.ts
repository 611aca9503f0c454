import { distance } from 'fastest-levenshtein'

// Levenshtein is quadratic in the length, and nobody means a word of 64 letters by one of 1,000.
const longest = 64

/** The word most likely meant, or `undefined` when none is near: up to a third of the letters may differ. */
export const nearest = (word: string, words: Iterable<string>): string | undefined => {
  if (word.length > longest) return undefined
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const candidateDistance = distance(word.toLowerCase(), candidate.toLowerCase())
    if (candidateDistance < bestDistance) {
      best = candidate
      bestDistance = candidateDistance
    }
  }
  return best
}

/** `observe, advise or enforce`; only the first 12 of many. */
export const oneOf = (words: readonly string[]): string => {
  const shown = words.length > 12 ? [...words.slice(0, 12), `${words.length - 12} more`] : words
  return shown.length < 2
    ? (shown[0] ?? 'nothing')
    : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`
}

/** `; the nearest is "enforce"`, or nothing. */
export const hint = (word: string, words: Iterable<string>): string => {
  const meant = nearest(word, words)
  return meant === undefined ? '' : `; the nearest is "${meant}"`
}
