import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'
import { failure } from './errors.ts'

/** The arguments every connection of GitHub's takes. */
export interface Page {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

export const PAGE_LIMIT = 100

/** What a connection answers: GitHub's four fields, plus those that one connection has of its own (`totalSize`). */
export interface Connection {
  nodes: unknown[]
  edges: Record<string, unknown>[]
  totalCount: number
  pageInfo: Record<string, unknown>
}

/**
 * Pages a list that is already in memory. `edge` adds what the edge of this connection says beside its node
 * (`permission`, `size`, `role`). Nodes are made only for the page that is asked.
 */
export function connection<Item>(
  items: readonly Item[],
  page: Page,
  toNode: (item: Item) => unknown,
  edge: (item: Item) => Record<string, unknown> = () => ({}),
): Connection {
  const from = page.after ? positionOf(page.after) + 1 : 0
  const to = page.before ? Math.min(positionOf(page.before), items.length) : items.length
  const start = page.last == null ? from : Math.max(from, to - page.last)
  const end = page.first == null ? to : Math.min(to, from + page.first)
  const edges = items.slice(start, Math.max(start, end)).map((item, index) => ({
    node: toNode(item),
    cursor: cursorOf(start + index),
    ...edge(item),
  }))
  return {
    nodes: edges.map(each => each.node),
    edges,
    totalCount: items.length,
    pageInfo: {
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
    },
  }
}

/**
 * GitHub asks for boundaries where records are read: a connection asked only for its `totalCount` needs none.
 * It is checked while the query runs, not before, so the rest of the answer still comes.
 */
export function checkPage(page: Page, info: GraphQLResolveInfo): void {
  const field = info.fieldName
  for (const side of ['first', 'last'] as const) {
    const records = page[side]
    if (records == null) continue
    if (records > PAGE_LIMIT)
      throw failure(
        'EXCESSIVE_PAGINATION',
        `Requesting ${records.toLocaleString('en-US')} records on the \`${field}\` connection exceeds the \`${side}\` limit of ${PAGE_LIMIT} records.`,
      )
    if (records < 0)
      throw failure('UNPROCESSABLE', `\`${side}\` on the \`${field}\` connection cannot be less than zero.`)
  }
  if (page.first != null && page.last != null)
    throw failure(
      'UNPROCESSABLE',
      `Passing both \`first\` and \`last\` values to paginate the \`${field}\` connection is not supported.`,
    )
  if (page.first == null && page.last == null && info.fieldNodes.some(node => readsRecords(node, info)))
    throw failure(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    )
}

function readsRecords(node: FieldNode, info: GraphQLResolveInfo): boolean {
  const among = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some(selection => {
      if (selection.kind === Kind.FIELD) return ['nodes', 'edges', 'pageInfo'].includes(selection.name.value)
      if (selection.kind === Kind.INLINE_FRAGMENT) return among(selection.selectionSet)
      return among(info.fragments[selection.name.value]?.selectionSet)
    })
  return among(node.selectionSet)
}

/** GitHub's cursors read `cursor:v2:` and packed bytes in base64. Ours look alike and say a position. */
function cursorOf(position: number): string {
  return Buffer.from(`cursor:v2:${position}`).toString('base64')
}

function positionOf(cursor: string): number {
  const position = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('latin1'))?.[1]
  if (position === undefined)
    throw failure('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`)
  return Number(position)
}
