/** What no text of ours may have in it. */

const rules: readonly (readonly [fault: string, pattern: RegExp])[] = [
  ['a word of the machine', /\bundefined\b|\bNaN\b|\[object |\bnull\b/],
  ['an emoji', /(?![©®™])\p{Extended_Pictographic}|\p{Regional_Indicator}/u],
  ['a colour for a meaning', /\b(?:red|green|yellow|amber)\b/i],
  ['a name with a capital that it does not have', /\bAcme\b/],
  ['begging', /\bplease\b/i],
  ['belittling', /\b(?:simply|easily|obviously|of course)\b/i],
  ['blame', /\byou (?:must|forgot|failed|broke|should have)\b|\byour (?:fault|mistake)\b/i],
  ['jargon of ours', /\b(?:fixable|inherited|uncompared|not-applicable|deps|enum|regex)\b/],
  ['a link that says nothing', /\[(?:here|click here|link|this)\]\(|\bclick here\b/i],
  ['an image without words', /!\[\s*\]\(|<img(?![^>]*\balt="[^"]+")/],
  ['two full stops', /(?<=[\w)"'`…])\.\.(?=\s|$)|[.!?] \.(?=\s|$)/],
  [
    'a wrong plural',
    /(?<![\d.:-])\b1 (?:controls|problems|repositories|things|findings|changes|lines|waivers|issues|owners)\b/,
  ],
  [
    'a wrong singular',
    /\b(?:[02-9]|\d\d+) (?:control|problem|repository|thing|finding|change|waiver|issue|owner)\b(?! ?[-(])/,
  ],
  ['invalid, and not what was expected', /^(?!.*\b(?:[Ee]xpected|refus)).*\binvalid\b/m],
]

/** The faults of one text, each as a sentence with the words that have it; empty when there is none. */
export const faultsOf = (text: string): string[] =>
  rules.flatMap(([fault, pattern]) => {
    const found = pattern.exec(text)
    return found ? [`${fault}: …${text.slice(Math.max(0, found.index - 30), found.index + 40)}…`] : []
  })

export const mostWords = 80

export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length
