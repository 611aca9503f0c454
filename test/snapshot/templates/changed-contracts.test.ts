import { describe, expect, it } from 'vitest'
import { fileFact } from '../../../src/snapshot/files/file-fact.ts'
import { known, type Skeleton, type Snapshot, unknown } from '../../../src/snapshot/snapshot.ts'
import { changedContracts } from '../../../src/snapshot/templates/changed-contracts.ts'
import { snapshotOf } from '../../support/snapshot.ts'

const ref = 'template:default/service'
const template = (annotations: string, kind = 'Template'): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3\nkind: ${kind}\nmetadata:\n  name: service\n  annotations: { ${annotations} }\nspec: { type: service, steps: [{ action: x }] }\n`

const skeleton = (text: string | undefined, requires = ['techdocs']): Skeleton => ({
  template: ref,
  location: { path: 'catalog-info.yaml' },
  example: 'the defaults',
  requires,
  version: '1.0.0',
  rendered:
    text === undefined
      ? unknown('unrenderable', 'It breaks off')
      : known(
          {
            files: { 'mkdocs.yml': fileFact('mkdocs.yml', { kind: 'file', bytes: 1, text }, 'skeleton') },
            entities: [],
          },
          'skeleton',
        ),
})

const repository = async (skeletons: Skeleton[] | undefined, annotations?: string): Promise<Snapshot> => ({
  ...(await snapshotOf({
    files: annotations === undefined ? {} : { 'catalog-info.yaml': template(annotations) },
  })),
  ...(skeletons ? { skeletons } : {}),
})

const asks = 'golden-path.dev/requires: techdocs, backstage.io/template-version: 1.0.0'
const original = () => repository([skeleton('a')], asks)

describe('a template that changes', () => {
  it('is none when nothing did', async () => {
    expect(changedContracts(await original(), await original())).toEqual([])
  })

  it('makes something else', async () => {
    const changed = changedContracts(await original(), await repository([skeleton('b')], asks))
    expect(changed).toMatchObject([{ ref, contract: { version: '1.0.0', files: { 'mkdocs.yml': 'b' } } }])
  })

  it('keeps what it made when that can not be rendered, as the store does', async () => {
    const changed = changedContracts(await original(), await repository([skeleton(undefined)], asks))
    expect(changed).toMatchObject([{ ref, contract: { files: { 'mkdocs.yml': 'a' } } }])
  })

  it('asks for nothing any more, which is another thing than to be gone', async () => {
    const nothing = await repository(undefined, 'backstage.io/template-version: 1.0.0')
    expect(changedContracts(await original(), nothing)).toMatchObject([
      { ref, contract: { version: '1.0.0', requires: [], files: {} } },
    ])
    expect(changedContracts(await original(), await repository(undefined))).toEqual([
      { ref, contract: { exists: false } },
    ])
  })
})
