/** Repository text inside our sentences: bounded, on one line, and free of what a database or a terminal would choke on. */

const longest = 80

// Control characters, line and paragraph separators, and the marks that reorder text on screen.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** At most 80 characters, each printable; PostgreSQL refuses NUL in text and in JSON. */
export const plain = (text: string): string => {
  // Cut before replacing: a pattern over 1 MiB costs, over 81 characters it doesn't.
  const cut = text.length > longest ? `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
  return cut.toWellFormed().replace(unprintable, '\ufffd')
}

/** `"team-paymnts"` */
export const quoted = (text: string): string => `"${plain(text)}"`

/** `a, b and c`; beyond `limit` items `a, b and 3 more`. */
export const listed = (items: readonly string[], limit = 5): string => {
  const shown = items.length > limit ? [...items.slice(0, limit), `${items.length - limit} more`] : items
  return shown.length < 2
    ? (shown[0] ?? '')
    : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`
}
