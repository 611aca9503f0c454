// Control characters, line separators, and the marks that reorder text on screen.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\ufeff\ufffe\uffff]+/gu

/** Repository text as one line that anybody can read; at most so many characters. */
export const oneLine = (text: string, longest: number): string => {
  const line = text
    .slice(0, longest * 4)
    .toWellFormed()
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= longest) return line
  const cut = line.slice(0, longest)
  const end = cut.lastIndexOf(' ')
  return `${(end > longest / 2 ? cut.slice(0, end) : cut).replace(/[\ud800-\udbff]$/, '').replace(/[\s,;:-]+$/, '')}…`
}
