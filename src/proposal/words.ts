import type { Component } from './component.ts'
import { entityName } from './name.ts'
import { oneLine } from './one-line.ts'
import type { Surroundings } from './surroundings.ts'

export interface GuessedText {
  value: string
  confidence: number
  because: string
}

const longestDescription = 200

/** What somebody wrote of it; nothing is made up. */
export const descriptionOf = (component: Component, around: Surroundings): GuessedText | undefined => {
  const own = component.manifests.find(
    ({ directory, description }) => directory === component.directory && description,
  )
  const told: [text: string | undefined, confidence: number, because: string][] = component.isPart
    ? [[own?.description, 0.9, `${own?.path} says so`]]
    : [
        [around.description, 0.95, "It is the repository's description"],
        [own?.description, 0.9, `${own?.path} says so`],
        [firstSentence(around.readme), 0.7, 'README.md begins with it'],
      ]
  for (const [text, confidence, because] of told) {
    const value = oneLine(text ?? '', longestDescription)
    if (/\p{L}{2}/u.test(value) && !isFiller(value)) return { value, confidence, because }
  }
  return undefined
}

const isFiller = (text: string): boolean =>
  /^(?:todo|tbd|description|no description|add (?:a )?description here|a new project|my (?:awesome )?project)\b.{0,20}$/i.test(
    text,
  )

/** The first paragraph under the heading, if it is a plain sentence. */
const firstSentence = (readme: string): string | undefined => {
  const paragraphs = readme
    .slice(0, 3_000)
    .replace(/\r/g, '')
    .split(/\n[ \t]*\n/)
  const paragraph = paragraphs
    .slice(0, 6)
    .map(each =>
      each
        .split('\n')
        .filter(line => !/^[ \t]*(?:#|=+$|-+$|!\[|\[!\[|<|>|\||`|[*-] )/.test(line))
        .join(' ')
        .trim(),
    )
    .find(each => each !== '')
  if (!paragraph || /[<>`|{}]|\]\(|!\[|https?:/.test(paragraph)) return undefined
  const sentence = /^[^.!?]{10,200}[.!?](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph
  return sentence.length > 15 && sentence.length <= longestDescription
    ? sentence.replace(/[*_]{1,2}([^*_]{1,80})[*_]{1,2}/g, '$1')
    : undefined
}

const mostTags = 8

/** The repository's topics, as far as Backstage takes them; of a part of it they may tell nothing. */
export const tagsOf = (component: Component, { topics }: Surroundings): string[] =>
  component.isPart
    ? []
    : topics
        .filter(topic => topic.length <= 63 && /^[a-z\d+#]+(?:-[a-z\d+#]+)*$/.test(topic))
        .filter(topic => !/^(?:team|owner|owned-by|squad|tribe|system)-/.test(topic))
        .slice(0, mostTags)

/** Only where the organisation says it: a system that nobody described is a dead link. */
export const systemOf = ({ properties }: Surroundings): GuessedText | undefined => {
  const entry = Object.entries(properties).find(
    ([name, value]) => /^system$/i.test(name) && typeof value === 'string',
  )
  const value = entry && entityName(String(entry[1]))
  return value ? { value, confidence: 0.8, because: 'the custom property system names it' } : undefined
}
