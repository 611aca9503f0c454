// Control characters move the cursor or change colours; bidirectional overrides show a path as another one.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text of a repository as one harmless line for a terminal, at most 500 characters. */
export const plainLine = (text: string): string => {
  const line = text.slice(0, 2_000).replaceAll(/\s+/g, ' ').replaceAll(unprintable, '\ufffd').trim()
  return line.length > 500 ? `${line.slice(0, 500)}…` : line
}
