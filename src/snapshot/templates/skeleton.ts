import { plain } from '../quoted-text.ts'
import type { EntityError } from '../snapshot.ts'

/** Marks of nunjucks and cookiecutter; a Template's own steps hold `${{ parameters.x }}` and are no skeleton. */
const block = /\{%[^\n]{0,60}/
const value = /\$?\{\{[^\n]{0,60}/

/**
 * A file that the scaffolder copies and fills in, like `name: ${{ values.name }}`, fails in many places for one reason.
 * One sentence instead: the first error's, with that reason. `undefined` when the document is no skeleton.
 */
export const skeletonError = (
  error: EntityError,
  text: string,
  firstLine: number,
  kind?: unknown,
): EntityError | undefined => {
  const isTemplate = kind === 'Template' || (kind === undefined && /^kind:[ \t]*["']?Template\b/m.test(text))
  const mark = block.exec(text) ?? (isTemplate ? null : value.exec(text))
  if (!mark) return undefined
  const line = error.location.line ?? firstLine
  return {
    ...error,
    message: `This is the skeleton of a template, to be filled in by the scaffolder: it holds ${plain(mark[0].trimEnd())}. Line ${line} as it stands: ${error.message}`,
  }
}
