import { Document, isMap, isScalar, Scalar } from 'yaml'

/** One Component, as it is written down; what is `undefined` is left for a person, with what it could be. */
export interface ComponentLines {
  name: string
  title?: string
  description?: string
  tags: readonly string[]
  /** mkdocs.yml lies beside the file. */
  hasDocumentation: boolean
  type: Line
  lifecycle: Line
  owner: Line
  system?: string
}

export interface Line {
  value?: string
  candidates: readonly string[]
}

/** The document, and the numbers of the lines that are left in it, counted from 1. */
export interface Written {
  text: string
  left: { field: LeftField; line: number; candidates: string[] }[]
}

export type LeftField = 'spec.type' | 'spec.lifecycle' | 'spec.owner'

const questions = {
  type: 'What is it?',
  lifecycle: 'How far is it?',
  owner: 'Who answers for it?',
} as const

/** As a person would write it: the usual fields in the usual order, and nothing that is empty. */
export const writeComponent = (lines: ComponentLines): Written => {
  const { name, title, description, tags, hasDocumentation, system } = lines
  const spec = { type: lines.type, lifecycle: lines.lifecycle, owner: lines.owner }
  const document = new Document(
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name,
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
        ...(hasDocumentation ? { annotations: { 'backstage.io/techdocs-ref': 'dir:.' } } : {}),
        ...(tags.length > 0 ? { tags: [...tags] } : {}),
      },
      spec: {
        type: spec.type.value ?? null,
        lifecycle: spec.lifecycle.value ?? null,
        owner: spec.owner.value ?? null,
        ...(system === undefined ? {} : { system }),
      },
    },
    schema,
  )
  const open = (['type', 'lifecycle', 'owner'] as const).filter(field => spec[field].value === undefined)
  for (const field of open) comment(document, field, ` ${questions[field]}${ending(spec[field].candidates)}`)
  const text = document.toString(layout)
  const all = text.split('\n')
  const from = all.indexOf('spec:')
  return {
    text,
    left: open.map(field => ({
      field: `spec.${field}` as const,
      line: all.findIndex((line, index) => index > from && line.startsWith(`  ${field}:`)) + 1,
      candidates: [...spec[field].candidates],
    })),
  }
}

const ending = (candidates: readonly string[]): string =>
  candidates.length > 0 ? ` ${candidates.join(', ')}` : ''

const comment = (document: Document, field: string, text: string): void => {
  const spec = document.get('spec')
  if (!isMap(spec)) return
  const empty = new Scalar(null)
  empty.comment = text
  for (const pair of spec.items) if (isScalar(pair.key) && pair.key.value === field) pair.value = empty
}

/** What Backstage follows from the root to the files of the parts. */
export const writeLocation = (name: string, targets: readonly string[]): string =>
  new Document(
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: { name, description: 'The components of this repository' },
      spec: { targets: targets.map(target => `./${target}`) },
    },
    schema,
  ).toString(layout)

// Other readers of the file take `on` and `yes` for booleans: those are quoted.
const schema = { compat: 'yaml-1.1' } as const
const layout = { lineWidth: 0, nullStr: '', indentSeq: true } as const
