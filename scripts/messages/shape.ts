/** One text that somebody meets, as docs/messages.md shows it. */
export interface Message {
  /** What it is called on the page; unique within its chapter. */
  name: string
  /** One sentence: who sees it, and when. */
  seen: string
  parts: Part[]
}

/** A piece of a message: a title, a body, a comment. `plain` is shown as it is, `markdown` is rendered where it is seen. */
export interface Part {
  label: string
  kind: 'plain' | 'markdown'
  text: string
}

export interface Chapter {
  title: string
  about: string
  messages: Message[]
}

export const plain = (label: string, text: string): Part => ({ label, kind: 'plain', text })
export const markdown = (label: string, text: string): Part => ({ label, kind: 'markdown', text })

/** The page. Every text stands in a block of its own, so that nothing in it mentions anybody or leads anywhere. */
export const page = (chapters: readonly Chapter[]): string =>
  [
    '<!-- Written by `npm run messages` from fixtures/messages. -->',
    '',
    '# The messages',
    '',
    'Every text that a person meets, rendered from fixtures by the code that writes it for GitHub, Backstage or a terminal. The',
    'organisation is acme, the repository payments-api. Markdown stands here as it is sent; what its reader sees is the same with',
    'the marks gone. Commits, dates and numbers are made up.',
    '',
    ...chapters.map(({ title }) => `- [${title}](#${anchor(title)})`),
    ...chapters.flatMap(({ title, about, messages }) => [
      '',
      `## ${title}`,
      '',
      about,
      ...messages.flatMap(({ name, seen, parts }) => ['', `### ${name}`, '', seen, ...parts.flatMap(shown)]),
    ]),
    '',
  ].join('\n')

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z\- ]/g, '')
    .replaceAll(' ', '-')

const shown = ({ label, kind, text }: Part): string[] => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return ['', `${label}:`, '', `${fence}${kind === 'plain' ? 'text' : 'markdown'}`, text.trimEnd(), fence]
}
