import type { Entity } from '@backstage/catalog-model'
import type { FieldPath } from './yaml-lines.ts'

/**
 * Backstage's own opinion of one entity, asked of its own packages in the order of catalog-backend 4.0.0:
 * envelope, policies, kind validators, then the references it would turn into relations.
 * `GroupDefaultParentEntityPolicy` is left out: it is there only when configured, and refuses nothing.
 */
export interface BackstageModel {
  judge: (entity: Record<string, unknown>) => Promise<BackstageOpinion>
  /** `group:default/payments`; `undefined` when the text is no reference. */
  refOf: (text: string, defaults: { kind: string; namespace: string }) => string | undefined
}

export interface BackstageOpinion {
  /** As Backstage words it; empty when it accepts. The first is the only one Backstage would report. */
  complaints: Complaint[]
  /** `false`: the policies accept it and no validator knows its kind and apiVersion. */
  kindKnown: boolean
}

export type Complaint = { from: ComplaintSource; message: string } | ReferenceComplaint
export type ComplaintSource = 'envelope' | 'policy' | 'kind'
export interface ReferenceComplaint {
  from: 'reference'
  message: string
  field: FieldPath
  value: string
}

/** Taken from `BuiltinKindsEntityProcessor` and `ScaffolderEntitiesProcessor`: field and default kind, if it has one. */
const references: Readonly<Record<string, readonly (readonly [string, string?])[]>> = {
  Component: [
    ['owner', 'Group'],
    ['subcomponentOf', 'Component'],
    ['providesApis', 'API'],
    ['consumesApis', 'API'],
    ['dependsOn'],
    ['dependencyOf'],
    ['system', 'System'],
  ],
  API: [
    ['owner', 'Group'],
    ['system', 'System'],
  ],
  Resource: [['owner', 'Group'], ['dependsOn'], ['dependencyOf'], ['system', 'System']],
  User: [['memberOf', 'Group']],
  Group: [
    ['parent', 'Group'],
    ['children', 'Group'],
    ['members', 'User'],
  ],
  System: [
    ['owner', 'Group'],
    ['domain', 'Domain'],
  ],
  Domain: [
    ['owner', 'Group'],
    ['subdomainOf', 'Domain'],
  ],
  Template: [['owner', 'Group']],
}

/** One refusal is enough for the verdict; each more is an exception made and caught. */
const mostReferences = 20

let loading: Promise<BackstageModel> | undefined

/** Loaded when the first entity is judged: the two packages take 300 ms, their schemas another 100 ms to compile. */
export const backstageModel = (): Promise<BackstageModel> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<BackstageModel> => {
  const [model, scaffolder] = await Promise.all([
    import('@backstage/catalog-model'),
    import('@backstage/plugin-scaffolder-common'),
  ])
  const envelope = model.entityEnvelopeSchemaValidator()
  const whole = model.entitySchemaValidator()
  const policies = [
    new model.SchemaValidEntityPolicy(),
    new model.DefaultNamespaceEntityPolicy(),
    new model.NoForeignRootFieldsEntityPolicy(),
    new model.FieldFormatEntityPolicy(model.makeValidator()),
  ]
  const kinds = [
    model.apiEntityV1alpha1Validator,
    model.componentEntityV1alpha1Validator,
    model.resourceEntityV1alpha1Validator,
    model.groupEntityV1alpha1Validator,
    model.locationEntityV1alpha1Validator,
    model.userEntityV1alpha1Validator,
    model.systemEntityV1alpha1Validator,
    model.domainEntityV1alpha1Validator,
    scaffolder.templateEntityV1beta3Validator,
  ]

  const judge = async (raw: Record<string, unknown>): Promise<BackstageOpinion> => {
    let stage: ComplaintSource = 'envelope'
    let kindKnown = false
    try {
      let entity = withOwnAnnotations(envelope(raw) as Entity)
      stage = 'policy'
      for (const policy of policies) entity = await policy.enforce(entity)
      whole(entity)
      stage = 'kind'
      for (const kind of kinds) if (await kind.check(entity)) kindKnown = true
      return { complaints: kindKnown ? brokenReferences(entity) : [], kindKnown }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { complaints: [{ from: stage, message }], kindKnown }
    }
  }

  const brokenReferences = (entity: Entity): ReferenceComplaint[] => {
    const complaints: ReferenceComplaint[] = []
    const namespace = entity.metadata.namespace
    for (const [field, kind] of references[entity.kind] ?? []) {
      const value: unknown = entity.spec?.[field]
      if (!value) continue
      const targets: unknown[] = [value].flat()
      for (const [index, target] of targets.entries()) {
        if (complaints.length === mostReferences) return complaints
        try {
          model.parseEntityRef(target as string, { defaultKind: kind, defaultNamespace: namespace })
        } catch (error) {
          const at: FieldPath = Array.isArray(value) ? ['spec', field, index] : ['spec', field]
          const message = error instanceof Error ? error.message : String(error)
          const text = typeof target === 'string' ? target : (JSON.stringify(target) ?? '')
          complaints.push({ from: 'reference', message, field: at, value: text })
        }
      }
    }
    return complaints
  }

  const refOf: BackstageModel['refOf'] = (text, { kind, namespace }) => {
    try {
      return model.stringifyEntityRef(
        model.parseEntityRef(text, { defaultKind: kind, defaultNamespace: namespace }),
      )
    } catch {
      return undefined
    }
  }

  return { judge, refOf }
}

/**
 * The catalogue adds its location annotations before any policy runs, so that a header-only `annotations:` passes.
 * Anything else that is no map is refused by the policy as it stands.
 */
const withOwnAnnotations = (entity: Entity): Entity =>
  entity.metadata.annotations ? entity : { ...entity, metadata: { ...entity.metadata, annotations: {} } }
