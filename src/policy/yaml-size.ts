import { Lexer } from 'yaml'

/**
 * The parser takes up to 1 s for this many tokens, and 5 s and longer for a megabyte of brackets. What people write
 * has one token for every 4 characters. Counted, since a limit of time alone would depend on how busy the machine is.
 */
const mostTokens = 120_000

// Counting takes half as long as reading, so a short text is charged by its length while there is plenty left: twice what
// people write, and half of what nothing but brackets would be.
const shortText = 8_192
const plenty = mostTokens / 2

export interface TokensLeft {
  tokens: number
}

export const allTokens = (): TokensLeft => ({ tokens: mostTokens })

/** Takes what the text holds from what is left; `false` when that is used up, and the text must not be parsed. */
export const takeTokens = (text: string, left: TokensLeft): boolean => {
  if (left.tokens <= 0) return false
  if (text.length < shortText && left.tokens > plenty) {
    left.tokens -= Math.ceil(text.length / 2)
    return true
  }
  for (const _ of new Lexer().lex(text)) if (--left.tokens <= 0) return false
  return true
}
