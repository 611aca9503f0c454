import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Backstage's own answer, from the catalogue backend that the demo runs: its parser, then its orchestrator with the
 * processors and policies it starts with. Its insides are not exported, so that they are loaded by path.
 */
export interface BackstageVerdict {
  ok: boolean
  /** What Backstage reports. */
  errors: string[]
  entity?: unknown
}

const require = createRequire(import.meta.url)
const rootOf = (name: string): string => dirname(require.resolve(`${name}/package.json`))

interface Insides {
  parseEntityYaml: (
    data: string,
    location: { type: string; target: string },
  ) => Iterable<{ type: 'entity'; entity: Entity } | { type: 'error'; error: Error }>
  process: (entity: Entity) => Promise<{ ok: boolean; errors: Error[] }>
}

type Entity = Record<string, unknown> & { metadata?: Record<string, unknown> }

const location = { type: 'url', target: 'https://github.com/acme/payments-api/blob/main/catalog-info.yaml' }

const silent: Record<string, () => unknown> = {
  warn: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  child: () => silent,
}

const load = (): Insides => {
  const inside = (path: string) => require(join(rootOf('@backstage/plugin-catalog-backend'), 'dist', path))
  const model = require('@backstage/catalog-model')
  const { parseEntityYaml } = require('@backstage/plugin-catalog-node')
  const { templateEntityV1beta3Validator } = require('@backstage/plugin-scaffolder-common')
  const { DefaultCatalogProcessingOrchestrator } = inside(
    'processing/DefaultCatalogProcessingOrchestrator.cjs.js',
  )
  const { BuiltinKindsEntityProcessor } = inside('processors/BuiltinKindsEntityProcessor.cjs.js')
  const orchestrator = new DefaultCatalogProcessingOrchestrator({
    processors: [
      new BuiltinKindsEntityProcessor(),
      {
        getProcessorName: () => 'templates',
        validateEntityKind: (entity: unknown) => templateEntityV1beta3Validator.check(entity),
      },
      // Targets are not looked up: whatever a Location points to is there.
      { getProcessorName: () => 'reader', readLocation: async () => true },
    ],
    integrations: { resolveUrl: ({ url }: { url: string }) => url },
    logger: silent,
    parser: () => [],
    policy: model.EntityPolicies.allOf([
      new model.SchemaValidEntityPolicy(),
      new model.DefaultNamespaceEntityPolicy(),
      new model.NoForeignRootFieldsEntityPolicy(),
      new model.FieldFormatEntityPolicy(model.makeValidator()),
    ]),
    rulesEnforcer: { isAllowed: () => true },
  })
  return { parseEntityYaml, process: entity => orchestrator.process({ entity, state: {} }) }
}

let insides: Insides | undefined

export const backstageVerdicts = async (text: string): Promise<BackstageVerdict[]> => {
  insides ??= load()
  const verdicts: BackstageVerdict[] = []
  const parsed: ({ entity: Entity } | { error: string })[] = []
  try {
    for (const result of insides.parseEntityYaml(text, location))
      parsed.push(result.type === 'entity' ? { entity: result.entity } : { error: result.error.message })
  } catch (error) {
    // The reader reports it and reads no further.
    parsed.push({ error: String(error) })
  }
  for (const result of parsed) {
    if ('error' in result) {
      verdicts.push({ ok: false, errors: [result.error] })
      continue
    }
    const { entity } = result
    const answer = await insides.process(withLocation(entity))
    verdicts.push({ ok: answer.ok, errors: answer.errors.map(describe), entity })
  }
  return verdicts
}

/** As the catalogue does to every entity that it reads, before it judges it. */
const withLocation = (entity: Entity): Entity => {
  const at = `url:${location.target}`
  const { metadata } = entity
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return entity
  const annotations = metadata.annotations || {}
  if (typeof annotations !== 'object' || Array.isArray(annotations)) return entity
  return {
    ...entity,
    metadata: {
      ...metadata,
      annotations: {
        ...annotations,
        'backstage.io/managed-by-location': at,
        'backstage.io/managed-by-origin-location': at,
      },
    },
  }
}

const describe = (error: Error & { cause?: unknown }): string =>
  error.cause instanceof Error ? `${error.message}; ${describe(error.cause)}` : error.message
