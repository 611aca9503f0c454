import MarkdownIt from 'markdown-it'

/** GitHub's markdown, near enough to look at. HTML stays text, but for comments, which GitHub hides. */

const checks = new MarkdownIt({ html: false, linkify: false })
/** In issues GitHub keeps line breaks. */
const issues = new MarkdownIt({ html: false, linkify: false, breaks: true })

const withoutComments = (text: string): string => text.replace(/<!--[\s\S]*?-->/g, '')

export const renderCheckRun = (text: string): string => checks.render(text)
export const renderIssue = (text: string): string => issues.render(withoutComments(text))
