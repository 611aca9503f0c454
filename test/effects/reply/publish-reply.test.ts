import { describe, expect, it } from 'vitest'
import type { ReplyEffect } from '../../../src/effects/effect.ts'
import type { Outside } from '../../../src/effects/outside.ts'
import type { Planned } from '../../../src/effects/planned.ts'
import { publishReply } from '../../../src/effects/reply/publish-reply.ts'
import { replyBody } from '../../../src/effects/reply/render-reply.ts'

const effect = (more: Partial<Planned<ReplyEffect>> = {}): Planned<ReplyEffect> => ({
  kind: 'reply',
  key: 'reply:12',
  action: 'create',
  issue: 3,
  body: replyBody(12, 'Done.'),
  hash: 'h',
  detail: {},
  uncertain: false,
  ...more,
})

const refusalOf = (status: number | undefined, message: string): Error =>
  Object.assign(new Error(message), { status })

/** A GitHub that answers each route as told, and remembers what it was asked. */
const githubOf = (answers: Record<string, unknown>) => {
  const asked: string[] = []
  const outside: Outside = {
    app: { id: 7, slug: 'golden-path' },
    repository: { id: 1, nodeId: 'n', name: 'orders', owner: 'acme', ownerId: 2, installationId: 3, url: '' },
    github: {
      mutate: async () => ({}),
      request: async route => {
        const short = `${route.split(' ')[0]} ${route.split('/').at(-1)}`
        asked.push(short)
        const answer = answers[short]
        if (answer instanceof Error) throw answer
        return { status: 200, data: answer }
      },
    },
  }
  return { asked, outside }
}

const ours = { id: 40, body: replyBody(12, 'Working.'), user: { login: 'golden-path[bot]' } }

describe('a reply is written', () => {
  it('once, when nothing is there', async () => {
    const { asked, outside } = githubOf({ 'POST comments': { id: 41 } })
    expect(await publishReply(effect(), outside)).toMatchObject({
      outcome: 'done',
      row: { externalId: '41' },
    })
    expect(asked).toEqual(['POST comments'])
  })

  it('over what is known to be ours', async () => {
    const { asked, outside } = githubOf({})
    expect(await publishReply(effect({ id: 40, action: 'update', uncertain: true }), outside)).toMatchObject({
      outcome: 'done',
    })
    expect(asked).toEqual(['PATCH {comment_id}'])
  })

  it.each([
    ['ours', ours, 'PATCH {comment_id}'],
    [
      'ours by the app’s id',
      { ...ours, user: null, performed_via_github_app: { id: 7 } },
      'PATCH {comment_id}',
    ],
    ['somebody’s with our marker', { ...ours, user: { login: 'mallory' } }, 'POST comments'],
    [
      'another app’s with our marker',
      { ...ours, user: { login: 'x[bot]' }, performed_via_github_app: { id: 8 } },
      'POST comments',
    ],
    [
      'ours to another comment, which quotes the marker',
      { ...ours, body: replyBody(11, `\`${replyBody(12, '')}\``) },
      'POST comments',
    ],
    [
      'ours to a comment whose number begins alike',
      { ...ours, body: replyBody(121, 'Done.') },
      'POST comments',
    ],
  ])('after a lost answer, where there is %s', async (_what, comment, write) => {
    const { asked, outside } = githubOf({
      'GET {comment_id}': { id: 12, created_at: '2026-11-22T10:00:00Z' },
      'GET comments': [{ id: 39, body: 'Hello', user: null }, comment],
      'POST comments': { id: 41 },
    })
    expect(await publishReply(effect({ uncertain: true }), outside)).toMatchObject({ outcome: 'done' })
    expect(asked).toEqual(['GET {comment_id}', 'GET comments', write])
  })

  it('though the comment that commanded is deleted by now', async () => {
    const { outside } = githubOf({
      'GET {comment_id}': refusalOf(404, 'Not Found'),
      'GET comments': [],
      'POST comments': { id: 41 },
    })
    expect(await publishReply(effect({ uncertain: true }), outside)).toMatchObject({ outcome: 'done' })
  })
})

describe('a reply is not written', () => {
  it.each([
    ['the conversation is locked', 403, 'Unable to create comment because issue is locked', {}, 'skipped'],
    ['the issue is deleted', 410, 'This issue was deleted', {}, 'skipped'],
    ['our comment was taken away', 404, 'Not Found', { id: 40, action: 'update' }, 'skipped'],
    ['a permission is missing', 403, 'Resource not accessible by integration', {}, 'refused'],
    ['there is no such issue', 404, 'Not Found', {}, 'refused'],
    ['GitHub is down', 502, 'Bad gateway', {}, 'retry'],
    ['there was no answer', undefined, 'socket hang up', {}, 'retry'],
  ] as const)('when %s', async (_what, status, message, more, outcome) => {
    const refusal = refusalOf(status, message)
    const { outside } = githubOf({ 'POST comments': refusal, 'PATCH {comment_id}': refusal })
    const applied = await publishReply(effect(more), outside)
    expect(applied).toMatchObject({ outcome, row: 'keep' })
    expect('sentence' in applied && applied.sentence).toContain('acme/orders#3')
  })
})
