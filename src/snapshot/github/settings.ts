import { z } from 'zod'
import type { GitHub, GitHubResponse } from '../../github.ts'
import { RateLimited } from '../../request-budget.ts'
import {
  type CodeScanning,
  type Environment,
  type Fact,
  known,
  type Metadata,
  type RepositoryFacts,
  type SecretAlert,
  type Unknown,
  unknown,
} from '../snapshot.ts'
import type { SettingName } from './setting-names.ts'

export interface SettingsOf {
  owner: string
  name: string
  defaultBranch?: string
  visibility: Metadata['visibility']
}

/** A repository whose visibility nobody told is asked as a private one: less is offered for those. */
export const settingsSubject = (
  { owner, name }: { owner: string; name: string },
  metadata: Fact<Metadata>,
): SettingsOf => ({
  owner,
  name,
  defaultBranch: metadata.known ? metadata.value.defaultBranch : undefined,
  visibility: metadata.known ? metadata.value.visibility : 'private',
})

/** Asks for those settings, one after the other. Throws only `RateLimited`: what GitHub does not say is unknown. */
export async function readSettings(
  github: GitHub,
  repository: SettingsOf,
  names: readonly SettingName[],
): Promise<Partial<RepositoryFacts>> {
  const facts: Partial<RepositoryFacts> = {}
  const ask = asking(github, repository)
  for (const name of names)
    Object.assign(facts, { [name]: await readers[name](ask).catch((error: unknown) => misread(name, error)) })
  return facts
}

/** One setting of another shape, as another version of GitHub's server may have, must not keep the rest from being judged. */
const misread = (name: SettingName, error: unknown): Unknown => {
  if (error instanceof z.ZodError)
    return unknown('unavailable', `GitHub's answer for ${name} has a shape that was not expected`)
  throw error
}

type Asking = ReturnType<typeof asking>

const asking = (github: GitHub, repository: SettingsOf) => ({
  repository,
  /** `path` below the repository, with its query. */
  get: async (path: string, refusal: Refusal): Promise<{ data: unknown } | Unknown> => {
    const url = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}${path}`
    let response: GitHubResponse
    try {
      response = await github.request(`GET ${url}`)
    } catch (error) {
      return refusedAs(error, refusal)
    }
    return { data: response.data }
  },
})

/** What a refusal means: GitHub says 403 and 404 for a missing permission, a missing licence and for "none" alike. */
interface Refusal {
  /** What was asked for, to stand after "may not read". */
  what: string
  /** As GitHub's settings page calls it. */
  permission: string
  /** By GitHub's message; the first that fits decides. */
  because?: readonly [message: RegExp, fact: Unknown][]
}

const source = 'github'

const readers: { [Name in SettingName]: (ask: Asking) => Promise<RepositoryFacts[Name]> } = {
  secretScanning: async ({ get }) => {
    const answer = await get('', { what: 'the security settings', permission: 'Administration: read' })
    if (!('data' in answer)) return answer
    const { security_and_analysis: settings } = securityShape.parse(answer.data)
    if (!settings)
      return unknown(
        'permission',
        'GitHub does not show the security settings to the app. Grant it the repository permission "Administration: read"',
      )
    if (!settings.secret_scanning)
      return unknown('licence', 'GitHub does not offer secret scanning for this repository on its plan')
    return known(
      {
        enabled: isEnabled(settings.secret_scanning),
        pushProtection: isEnabled(settings.secret_scanning_push_protection),
      },
      source,
    )
  },

  secretAlerts: async ({ get }) => {
    // The oldest come first: where there are more than a hundred, those are open for the longest. The secrets stay at GitHub.
    const path = '/secret-scanning/alerts?state=open&sort=created&direction=asc&per_page=100&hide_secret=true'
    const answer = await get(path, {
      what: 'secret scanning alerts',
      permission: 'Secret scanning alerts: read',
      because: [
        [
          /disabled|not (enabled|available)/i,
          unknown(
            'not-configured',
            'Secret scanning is switched off for this repository, so GitHub keeps no alerts',
          ),
        ],
      ],
    })
    if (!('data' in answer)) return answer
    return known(
      secretAlertsShape.parse(answer.data).map(
        (alert): SecretAlert => ({
          number: alert.number,
          kind: alert.secret_type_display_name ?? alert.secret_type ?? 'secret',
          createdAt: alert.created_at,
        }),
      ),
      source,
    )
  },

  codeScanning: async ask => {
    const setup = await ask.get('/code-scanning/default-setup', {
      what: 'the set-up of code scanning',
      permission: 'Administration: read',
      because: [...withoutAdvancedSecurity, [switchedOff, noAnalysis]],
    })
    if (!('data' in setup) && setup.reason !== 'permission' && setup !== noAnalysis) return setup
    const analysis = await newestAnalysis(ask)
    if (analysis && 'known' in analysis) return analysis
    // An analysis tells by itself what set it up: only where there is none the settings decide.
    if (!('data' in setup) && !analysis && setup !== noAnalysis) return setup
    const settings = 'data' in setup ? setupShape.parse(setup.data) : undefined
    const isDefault =
      settings?.state === 'configured' || analysis?.analysis_key?.startsWith('dynamic/') === true
    const value: CodeScanning = {
      setUp: isDefault ? 'default' : analysis ? 'uploaded' : 'none',
      languages: settings?.languages ?? [],
    }
    if (!analysis) return known(value, source)
    const openAlerts = await countAlerts(ask)
    return typeof openAlerts === 'number'
      ? known({ ...value, analysedAt: analysis.created_at, openAlerts }, source)
      : openAlerts
  },

  // GraphQL has them too, but not which branches may deploy; and refused there, they would take the whole answer along.
  environments: async ({ get }) => {
    const answer = await get('/environments?per_page=100', {
      what: 'the deployment environments',
      permission: 'Actions: read',
    })
    if (!('data' in answer)) return answer
    const { total_count: count, environments = [] } = environmentsShape.parse(answer.data)
    // Production may be among those that are not listed.
    if (count !== undefined && count > environments.length)
      return unknown(
        'partial-answer',
        `There are ${count} deployment environments, of which GitHub listed ${environments.length}`,
      )
    return known(
      environments.map((environment): Environment => {
        const rules = environment.protection_rules ?? []
        const reviews = rules.filter(rule => rule.type === 'required_reviewers')
        const policy = environment.deployment_branch_policy
        return {
          name: environment.name,
          requiredReviewers: reviews.reduce((sum, rule) => sum + (rule.reviewers?.length ?? 0), 0),
          preventsSelfReview: reviews.some(rule => rule.prevent_self_review === true),
          branches: !policy ? 'all' : policy.protected_branches ? 'protected' : 'selected',
        }
      }),
      source,
    )
  },

  privateVulnerabilityReporting: async ({ get, repository }) => {
    if (repository.visibility !== 'public')
      return unknown(
        'not-configured',
        'GitHub offers private vulnerability reporting to public repositories only',
      )
    const answer = await get('/private-vulnerability-reporting', {
      what: 'whether private vulnerability reporting is on',
      permission: 'Metadata: read',
    })
    return 'data' in answer ? known(reportingShape.parse(answer.data).enabled, source) : answer
  },

  workflowToken: async ({ get }) => {
    const answer = await get('/actions/permissions/workflow', {
      what: "the permissions of a workflow's token",
      permission: 'Administration: read',
    })
    if (!('data' in answer)) return answer
    const token = tokenShape.parse(answer.data)
    return known(
      {
        permissions: token.default_workflow_permissions,
        canApprovePullRequests: token.can_approve_pull_request_reviews,
      },
      source,
    )
  },

  sbom: async ({ get }) => {
    const answer = await get('/dependency-graph/sbom', {
      what: 'the dependency graph',
      permission: 'Contents: read',
      because: [
        [
          /disabled|not enabled|not found/i,
          unknown(
            'not-configured',
            'The dependency graph is switched off for this repository, so GitHub makes no SBOM of it',
          ),
        ],
      ],
    })
    if (!('data' in answer)) return answer
    const { packages, relationships } = sbomShape.parse(answer.data).sbom
    // The repository itself is in the list, as what the document describes.
    const described = new Set(
      relationships.flatMap(each => (each.relationshipType === 'DESCRIBES' ? [each.relatedSpdxElement] : [])),
    )
    return known({ packages: packages.filter(each => !described.has(each.SPDXID)).length }, source)
  },
}

const withoutAdvancedSecurity: NonNullable<Refusal['because']> = [
  [
    /advanced security|code security must be enabled|not (available|included|supported)[^.]* plan/i,
    unknown(
      'licence',
      'GitHub offers code scanning of this repository only with GitHub Code Security (Advanced Security), which is not switched on for it',
    ),
  ],
]

const switchedOff = /code scanning is (not enabled|disabled)/i
const noAnalysis = unknown('not-configured', 'Code scanning is not set up')

async function newestAnalysis({
  get,
  repository,
}: Asking): Promise<z.infer<typeof analysisShape> | Unknown | undefined> {
  const ref = repository.defaultBranch
    ? `&ref=${encodeURIComponent(`refs/heads/${repository.defaultBranch}`)}`
    : ''
  const answer = await get(`/code-scanning/analyses?per_page=1${ref}`, {
    what: 'the analyses of code scanning',
    permission: 'Code scanning alerts: read',
    because: [...withoutAdvancedSecurity, [switchedOff, noAnalysis], [/no analysis found/i, noAnalysis]],
  })
  if (answer === noAnalysis) return undefined
  return 'data' in answer ? z.array(analysisShape).parse(answer.data)[0] : answer
}

/** Counted to 100, the most that one answer lists. */
async function countAlerts({ get }: Asking): Promise<number | Unknown> {
  const answer = await get('/code-scanning/alerts?state=open&per_page=100', {
    what: 'code scanning alerts',
    permission: 'Code scanning alerts: read',
    because: withoutAdvancedSecurity,
  })
  return 'data' in answer ? z.array(z.unknown()).parse(answer.data).length : answer
}

function refusedAs(error: unknown, { what, permission, because = [] }: Refusal): Unknown {
  if (error instanceof RateLimited) throw error
  const status = error instanceof Error && 'status' in error ? Number(error.status) : undefined
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 200)
  const isRefused = status === 403 || status === 404 || status === 422
  if (!isRefused) return unknown('unavailable', `GitHub did not answer for ${what}: ${message}`)
  if (/not accessible by integration/i.test(message))
    return unknown(
      'permission',
      `The app may not read ${what}. Grant it the repository permission "${permission}"`,
    )
  const [, fact] = because.find(([pattern]) => pattern.test(message)) ?? []
  return (
    fact ??
    unknown(
      'permission',
      `GitHub refused to show ${what} (${status}: ${message}). Grant the app the repository permission "${permission}"`,
    )
  )
}

const status = z.object({ status: z.string().optional() })
const isEnabled = (given: z.infer<typeof status> | undefined): boolean => given?.status === 'enabled'
const securityShape = z.object({
  security_and_analysis: z
    .object({ secret_scanning: status.optional(), secret_scanning_push_protection: status.optional() })
    .nullish(),
})
const secretAlertsShape = z.array(
  z.object({
    number: z.number(),
    created_at: z.string(),
    secret_type: z.string().optional(),
    secret_type_display_name: z.string().optional(),
  }),
)
const setupShape = z.object({ state: z.string(), languages: z.array(z.string()).nullish() })
const analysisShape = z.object({ created_at: z.string(), analysis_key: z.string().optional() })
const environmentsShape = z.object({
  total_count: z.number().optional(),
  environments: z
    .array(
      z.object({
        name: z.string(),
        protection_rules: z
          .array(
            z.object({
              type: z.string(),
              prevent_self_review: z.boolean().optional(),
              reviewers: z.array(z.unknown()).optional(),
            }),
          )
          .optional(),
        deployment_branch_policy: z.object({ protected_branches: z.boolean() }).nullish(),
      }),
    )
    .optional(),
})
const reportingShape = z.object({ enabled: z.boolean() })
const tokenShape = z.object({
  default_workflow_permissions: z.enum(['read', 'write']),
  can_approve_pull_request_reviews: z.boolean(),
})
const sbomShape = z.object({
  sbom: z.object({
    packages: z.array(z.object({ SPDXID: z.string().optional() })),
    relationships: z
      .array(z.object({ relationshipType: z.string().optional(), relatedSpdxElement: z.string().optional() }))
      .default([]),
  }),
})
