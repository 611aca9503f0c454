/** One sign of one answer: how much it says by itself, 0 to 1, and what it is, to stand in a sentence. */
export interface Sign<Answer extends string = string> {
  for: Answer
  weight: number
  because: string
}

export interface Weighed<Answer extends string = string> {
  answer: Answer
  confidence: number
  /** The strongest first. */
  because: string[]
}

/** How far the next best answer takes from the best: a weak one hardly, one as strong as the best so far that none is sure. */
const doubt = 0.55

/**
 * The answers, the likeliest first: signs of one add up without ever reaching certainty, and what speaks for another
 * lowers it.
 */
export const weigh = <Answer extends string>(signs: readonly Sign<Answer>[]): Weighed<Answer>[] => {
  const by = new Map<Answer, Sign<Answer>[]>()
  for (const sign of signs) by.set(sign.for, [...(by.get(sign.for) ?? []), sign])
  const sums = [...by].map(([answer, found]) => ({
    answer,
    sum: 1 - found.reduce((left, { weight }) => left * (1 - weight), 1),
    because: [...found].sort((a, b) => b.weight - a.weight).map(({ because }) => because),
  }))
  sums.sort((a, b) => b.sum - a.sum || (a.answer < b.answer ? -1 : 1))
  return sums.map(({ answer, sum, because }, index) => {
    const rival = sums[index === 0 ? 1 : 0]?.sum ?? 0
    return { answer, confidence: Math.round(sum * (1 - doubt * rival ** 2) * 100) / 100, because }
  })
}
