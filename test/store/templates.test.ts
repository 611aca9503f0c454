import { expect, it } from 'vitest'
import type { TemplateContract } from '../../src/snapshot/snapshot.ts'
import { templates } from '../../src/store/templates.ts'
import { describeOnEachDatabase } from '../support/database.ts'

const ref = 'template:default/service'
const contract = (version: string | undefined, hour: number, files = {}): TemplateContract => ({
  ...(version === undefined ? {} : { version }),
  commit: String(hour).repeat(40).slice(0, 40),
  since: `2026-11-22T1${hour}:00:00.000Z`,
  requires: ['techdocs'],
  files,
})

describeOnEachDatabase('the contracts of a template', database => {
  const own = (of: TemplateContract, rendered = true) => ({ ref, contract: of, rendered })

  it('are kept when they change, and handed out with what a service names', async () => {
    const store = templates(database())
    expect(await store.keep(1, own(contract('1.0.0', 1, { a: '1' })))).toBe(true)
    expect(await store.keep(1, own({ ...contract('1.0.0', 2, { a: '1' }), commit: 'b'.repeat(40) }))).toBe(
      false,
    )
    expect(await store.keep(1, own(contract('1.0.0', 3, { a: '2' })))).toBe(true)
    expect(await store.keep(1, own(contract('1.1.0', 4, { a: '3' })))).toBe(true)
    expect(await store.keep(1, own(contract('1.2.0', 5, { a: '4' })))).toBe(true)
    const seen = (list: TemplateContract[]) => list.map(({ version, files }) => `${version} ${files.a}`)
    expect(seen(await store.contracts(1, ref, []))).toEqual(['1.2.0 4', '1.1.0 3'])
    // The last that was called so.
    expect(seen(await store.contracts(1, ref, ['1.0.0', '0.9.0']))).toEqual(['1.2.0 4', '1.1.0 3', '1.0.0 2'])
    expect(seen(await store.contracts(1, ref, ['1.2.0']))).toEqual(['1.2.0 4', '1.1.0 3'])
    expect(await store.contracts(2, ref, [])).toEqual([])
  })

  it('are the same when only the policy reads other files', async () => {
    const store = templates(database())
    const first = { ...contract('1.0.0', 1, { a: '1' }), reads: ['a'] }
    const more = { ...contract('1.0.0', 2, { a: '1', b: '2' }), reads: ['a', 'b'] }
    expect(await store.keep(5, own(first))).toBe(true)
    expect(await store.keep(5, own(more))).toBe(false)
    expect(await store.contracts(5, ref, [])).toEqual([more])
    expect(
      await store.keep(5, own({ ...more, since: contract('', 3).since, files: { a: '1', b: '3' } })),
    ).toBe(true)
  })

  it('are not brought back by a slow look, and keep their files when one can not render', async () => {
    const store = templates(database())
    await store.keep(3, own(contract(undefined, 5, { a: '1' })))
    expect(await store.keep(3, own(contract(undefined, 4, { a: '0' })))).toBe(false)
    expect(await store.keep(3, own(contract(undefined, 6), false))).toBe(false)
    const asksMore = { ...contract(undefined, 7), requires: ['techdocs', 'owner-exists'] }
    expect(await store.keep(3, own(asksMore, false))).toBe(true)
    expect((await store.contracts(3, ref, []))[0]).toEqual({ ...asksMore, files: { a: '1' } })
    // To ask for nothing is news where something was asked for.
    const asksNothing = { ...contract(undefined, 8), requires: [] }
    expect(await store.keep(4, own(asksNothing))).toBe(false)
    expect(await store.keep(3, own(asksNothing))).toBe(true)
    await store.forget(3)
    expect(await store.contracts(3, ref, [])).toEqual([])
  })
})
