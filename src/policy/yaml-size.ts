import { Lexer } from 'yaml'

/**
 * The parser takes up to 1 s for this many tokens, and 5 s and longer for a megabyte of brackets. What people write
 * has one token for every 4 characters. Counted, since a limit of time alone would depend on how busy the machine is.
 */
const mostTokens = 120_000

export interface TokensLeft {
  tokens: number
}

export const allTokens = (): TokensLeft => ({ tokens: mostTokens })

/** Takes what the text holds from what is left; `false` when that is used up, and the text must not be parsed. */
export const takeTokens = (text: string, left: TokensLeft): boolean => {
  if (left.tokens <= 0) return false
  for (const _ of new Lexer().lex(text)) if (--left.tokens <= 0) return false
  return true
}
