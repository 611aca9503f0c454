// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Backstage's
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** A real Template in a real Backstage, two services made from it, and what a change of its skeleton does. */

const policy = `version: 1
rules:
  - name: Services keep what their template promised
    require:
      catalog-info-valid: enforce
      template-controls: enforce
controls:
  audit-logging-kept:
    title: Audit logs are kept
    why: Somebody will ask for them.
    require:
      - file: config/logging.yaml
        where: doc.audit.retentionDays >= 90
        message: Keep audit logs for 90 days at least.
`

const template = (version: string): string => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service
  title: A service
  annotations:
    golden-path.dev/requires: catalog-info-valid, audit-logging-kept
    backstage.io/template-version: ${version}
spec:
  owner: platform
  type: service
  parameters:
    - required: [name, owner]
      properties:
        name: { title: Name, type: string }
        owner: { title: Owner, type: string, ui:field: OwnerPicker }
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values: { name: "\${{ parameters.name }}", owner: "\${{ parameters.owner }}" }
    - id: publish
      action: publish:github
      input: { repoUrl: "\${{ parameters.repoUrl }}" }
`

const logging = (name: string, days: number): string =>
  `# Where ${name} writes its audit events.\naudit:\n  enabled: true\n  retentionDays: ${days}\n`

const madeFrom = (name: string, annotations: string, spec = ''): Record<string, string> => ({
  'catalog-info.yaml': component(name, 'platform', `  annotations:\n${annotations}`, spec),
  'config/logging.yaml': logging(name, 90),
})

let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let stage: Stage
let backstage: Backstage

beforeAll(async () => {
  postgres = await createPostgresDatabase()
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'platform', members: ['jane'], repositories: {} }],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy } },
        'service-template': {
          files: {
            'catalog-info.yaml': template('1.0.0'),
            'skeleton/catalog-info.yaml': component(
              '${{ values.name }}',
              '${{ values.owner }}',
              '  annotations:\n    backstage.io/source-template: template:default/service\n    backstage.io/template-version: 1.0.0',
            ),
            'skeleton/config/logging.yaml': logging('${{ values.name }}', 90),
          },
        },
        orders: {
          files: madeFrom(
            'orders',
            '    backstage.io/source-template: template:default/service\n    backstage.io/template-version: 1.0.0',
          ),
        },
        shipping: {
          files: madeFrom('shipping', '    a: b', '  scaffoldedFrom: template:default/service'),
        },
        unrelated: { files: { 'catalog-info.yaml': component('unrelated', 'platform') } },
      },
    },
    { without: 'service' },
  )
  backstage = await startBackstage({
    githubUrl: stage.github.url,
    githubToken: stage.github.userToken,
    processingSeconds: 1,
    postgres: { url: postgres.url },
  })
  await stage.start({ BACKSTAGE_URL: backstage.url, BACKSTAGE_TOKEN: backstage.token })
}, 180_000)

afterAll(async () => {
  await stage?.close()
  await backstage?.stop()
  await postgres?.drop()
})

const pullRequest = async (branch: string, files: Record<string, string | undefined>) => {
  await stage.somebody.branch('service-template', branch)
  const sha = await stage.somebody.commit('service-template', files, branch)
  return { sha, number: await stage.somebody.openPullRequest('service-template', branch) }
}

const previewOf = (sha: string) =>
  until(
    () => stage.page('service-template', sha, 'Golden Path preview').catch(() => undefined),
    'a preview of the template',
    20_000,
    stage.output,
  )

describe('a template whose skeleton keeps what it asks for', () => {
  it('passes, and is a Template of the real Backstage', async () => {
    await stage.headCheck('service-template', 'success')
    const catalogue = await createCatalogueClient(backstage)
    const found = await until(
      () => catalogue.getEntityByRef('template:default/service'),
      'the Template in the catalogue',
      20_000,
      stage.output,
    )
    expect(found.metadata.annotations?.['golden-path.dev/requires']).toBe(
      'catalog-info-valid, audit-logging-kept',
    )
    await stage.headCheck('orders', 'success')
    await stage.headCheck('shipping', 'success')
    await stage.settled()
  })
})

describe('a skeleton that loses its logging config', () => {
  it('fails on its own pull request, and names the services', async () => {
    const { sha } = await pullRequest('less', { 'skeleton/config/logging.yaml': undefined })
    await stage.check('service-template', sha, 'failure')
    const { summary } = await stage.page('service-template', sha)
    expect(summary).toContain('would fail audit-logging-kept, which the template requires')
    const preview = await previewOf(sha)
    expect(preview.summary).toContain('2 live services')
    expect(`${preview.summary}\n${preview.text}`).toContain('orders')
    expect(`${preview.summary}\n${preview.text}`).toContain('shipping')
    expect(`${preview.summary}\n${preview.text}`).not.toContain('unrelated')
  })
})

describe('a template that moves on', () => {
  it('tells its services what changed, which fails none of them', async () => {
    const { number } = await pullRequest('more', {
      'catalog-info.yaml': template('1.1.0'),
      'skeleton/config/logging.yaml': logging('${{ values.name }}', 400),
    })
    await stage.somebody.merge('service-template', number)
    await stage.headCheck('service-template', 'success')
    await stage.headCheck('orders', 'neutral')
    await stage.settled()
    const page = await stage.page('orders', await stage.somebody.head('orders'))
    expect(page.summary).toContain('has moved on from 1.0.0 to 1.1.0')
    expect(page.text).toContain(
      [
        '```diff',
        '@@ -2,3 +2,3 @@',
        ' audit:',
        '   enabled: true',
        '-  retentionDays: 90',
        '+  retentionDays: 400',
        '```',
      ].join('\n'),
    )
    expect((await stage.issues('orders')).filter(issue => issue.state === 'open')).toEqual([])

    await stage.somebody.commit('orders', {
      'catalog-info.yaml': madeFrom(
        'orders',
        '    backstage.io/source-template: template:default/service\n    backstage.io/template-version: 1.1.0',
      )['catalog-info.yaml'],
      'config/logging.yaml': logging('orders', 400),
    })
    await stage.headCheck('orders', 'success')
  })
})
