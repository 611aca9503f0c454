import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** Repositories that lead to others: a template to the services made from it, a Location to the services beside it. */

const template = (requires: string): string => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: node-service
  title: Node service
  annotations:
    golden-path.dev/requires: ${requires}
spec:
  owner: payments
  type: service
  parameters: []
  steps: []
`

const made = (name: string): string =>
  component(
    name,
    'payments',
    '  annotations:\n    backstage.io/source-template: template:default/node-service\n    backstage.io/techdocs-ref: dir:.',
  )

const location = (...targets: string[]): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets:\n${targets.map(target => `    - ${target}\n`).join('')}`

let stage: Stage

beforeAll(async () => {
  stage = await openStage({
    users: ['jane'],
    teams: [{ slug: 'payments', members: ['jane'], repositories: { orders: 'push' } }],
    repositories: {
      '.github': {
        files: {
          'golden-path.yml': policyOf(
            'catalog-info-valid: enforce',
            'owner-exists: enforce',
            'template-controls: enforce',
            // The template here has no skeleton; what it asks for is what is told.
            'template-contract: observe',
          ),
        },
      },
      'service-template': { template: true, files: { 'catalog-info.yaml': template('catalog-info-valid') } },
      orders: {
        files: {
          'catalog-info.yaml': made('orders'),
          CODEOWNERS: '* @acme/payments\n',
          'mkdocs.yml': 'site_name: Orders\n',
          'docs/index.md': '# Orders\n',
        },
      },
      billing: { files: { 'catalog-info.yaml': made('billing') } },
      unrelated: { files: { 'catalog-info.yaml': component('unrelated') } },
      storefront: {
        files: {
          'catalog-info.yaml': location('./services/*/catalog-info.yaml'),
          'services/cart/catalog-info.yaml': component('cart'),
          'services/search/catalog-info.yaml': component('search'),
          'services/search/index.js': '',
        },
      },
    },
  })
  for (const name of ['service-template', 'orders', 'billing', 'unrelated', 'storefront'])
    await stage.headCheck(name, 'success')
  await stage.settled()
}, 60_000)

afterAll(() => stage?.close())

describe('a template that asks for more', () => {
  it('has the services made from it judged again, and nobody else', async () => {
    const cost = await stage.cost(() =>
      stage.somebody.commit('service-template', {
        'catalog-info.yaml': template('catalog-info-valid,codeowners-valid,techdocs'),
      }),
    )
    await stage.headCheck('orders', 'success')
    await stage.headCheck('billing', 'failure')
    await stage.headCheck('unrelated', 'success')
    const { summary } = await stage.page('billing', await stage.somebody.head('billing'))
    expect(summary).toContain('The template `node-service` asks for codeowners-valid')
    // The template itself, with the list of files for its skeleton (2 + 1); each service is read, and written where it says
    // something else (2 + 3).
    expect(cost.read).toBe(4)
    expect(await stage.issues('billing')).toHaveLength(1)
    expect(await stage.issues('unrelated')).toEqual([])
  })

  it('is obeyed when it asks for less', async () => {
    await stage.somebody.commit('service-template', { 'catalog-info.yaml': template('catalog-info-valid') })
    await stage.headCheck('billing', 'success')
  })
})

describe('a Location with a glob', () => {
  it('judges every entity that it stands for', async () => {
    const sha = await stage.somebody.commit('storefront', {
      'services/cart/catalog-info.yaml': component('cart', 'nobody'),
    })
    await stage.check('storefront', sha, 'failure')
    const page = await stage.page('storefront', sha)
    expect(await stage.annotations('storefront', page.id)).toMatchObject([
      { path: 'services/cart/catalog-info.yaml', start_line: 8 },
    ])
    const repaired = await stage.somebody.commit('storefront', {
      'services/cart/catalog-info.yaml': component('cart'),
    })
    await stage.check('storefront', repaired, 'success')
  })

  it('notices a service that a push adds, and one that it takes away', async () => {
    const added = await stage.somebody.commit('storefront', {
      'services/wishlist/catalog-info.yaml': component('wishlist', 'nobody'),
    })
    await stage.check('storefront', added, 'failure')
    const removed = await stage.somebody.commit('storefront', {
      'services/wishlist/catalog-info.yaml': undefined,
    })
    await stage.check('storefront', removed, 'success')
  })

  it('costs nothing where a push touches none of it, and one tree more where it does', async () => {
    const beside = await stage.cost(() =>
      stage.somebody.commit('storefront', { 'services/search/index.js': 'export {}\n' }),
    )
    expect(beside).toEqual({ read: 0, write: 1 })
    const within = await stage.cost(() =>
      stage.somebody.commit('storefront', {
        'services/search/catalog-info.yaml': component('search', 'user:jane'),
      }),
    )
    expect(within).toEqual({ read: 2, write: 1 })
  })

  it('that stands for no file fails, as Backstage would refuse it', async () => {
    const sha = await stage.somebody.commit('storefront', {
      'catalog-info.yaml': location('./services/*/catalog-info.yaml', './libraries/*/catalog-info.yaml'),
    })
    await stage.check('storefront', sha, 'failure')
    const page = await stage.page('storefront', sha)
    expect(await stage.annotations('storefront', page.id)).toMatchObject([
      { path: 'catalog-info.yaml', start_line: 8, message: expect.stringContaining('stands for no file') },
    ])
  })
})
