import { readFileSync } from 'node:fs'

/** Sections of a control's page in docs/controls by their heading, as text for a terminal. Empty where the pages are not at hand. */
export const controlPage = (id: string): ReadonlyMap<string, string> => {
  const sections = new Map<string, string>()
  for (const section of pageOf(id).split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n')
    sections.set(heading.trim(), withoutMarks(lines.join('\n').trim()))
  }
  return sections
}

/** The image of the service has no docs: what the code says is then all there is. */
const pageOf = (id: string): string => {
  try {
    return readFileSync(new URL(`../../docs/controls/${id}.md`, import.meta.url), 'utf8')
  } catch {
    return ''
  }
}

/** Without emphasis, link targets and fences; code keeps its asterisks. */
const withoutMarks = (markdown: string): string =>
  markdown
    .split(/(^```[\s\S]*?^```|`[^`\n]*`)/m)
    .map((part, index) =>
      index % 2 === 1 ? part.replace(/^```.*\n?/gm, '').replace(/\n$/, '') : prose(part),
    )
    .join('')

const prose = (text: string): string =>
  text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replace(/(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1/g, '$2')
