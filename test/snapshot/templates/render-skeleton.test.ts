// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Backstage's
import { describe, expect, it } from 'vitest'
import { fileFact } from '../../../src/snapshot/files/file-fact.ts'
import { skeletonRenderer } from '../../../src/snapshot/templates/render-skeleton.ts'
import type { RenderJob } from '../../../src/snapshot/templates/skeleton-steps.ts'

const job = (text: string): RenderJob => ({
  steps: [
    { id: 'fetch', action: 'fetch:template', input: { url: './skeleton', values: { name: 'orders' } } },
  ],
  path: 'catalog-info.yaml',
  template: 'template:default/service',
  parameters: {},
  outputs: {},
  sources: {
    'skeleton/a.txt': fileFact('skeleton/a.txt', { kind: 'file', bytes: text.length, text }, 'test'),
  },
})

// One search of a text for another: hours, within one step of the interpreter.
const hours = job(`\${{ range.constructor("return 'a'.repeat(2e7).indexOf('a'.repeat(1e5) + 'b')")() }}`)

describe('the thread that renders', () => {
  it('answers with the files', async () => {
    expect(await skeletonRenderer()(job('I am ${{ values.name }}.'))).toEqual({
      ok: true,
      files: [['a.txt', { from: 'skeleton/a.txt', text: 'I am orders.' }]],
      opaque: [],
    })
  })

  it('is ended when it stops asking whether to go on, and others are answered meanwhile', async () => {
    let answered = 0
    const others = setInterval(() => (answered += 1), 20)
    const rendering = await skeletonRenderer({ milliseconds: 800 })(hours)
    clearInterval(others)
    expect(rendering).toEqual({
      ok: false,
      own: true,
      why: 'It takes more than 0.8 s, where a skeleton takes less than one',
    })
    expect(answered).toBeGreaterThan(3)
  })

  it('lets a repository of many such templates go, and holds the rest of them against nobody', async () => {
    const render = skeletonRenderer({ milliseconds: 300, together: 200 })
    expect(await render(hours)).toMatchObject({ ok: false, own: true })
    expect(await render(job('${{ 1 }}'))).toEqual({
      ok: false,
      own: false,
      why: 'The templates of this repository take more than 0.2 s to render together, and the rest of them was left out',
    })
  })

  it('runs two at once, whoever asks, and waiting counts against nobody', async () => {
    const hostile = [1, 2, 3].map(() => skeletonRenderer({ milliseconds: 500 })(hours))
    const other = skeletonRenderer({ milliseconds: 1_000, together: 1_000 })(job('${{ 1 }}'))
    expect(await other).toMatchObject({ ok: true })
    for (const rendering of await Promise.all(hostile))
      expect(rendering).toMatchObject({ ok: false, own: true })
  })
})
