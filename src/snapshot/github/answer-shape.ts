import { z } from 'zod'

/** What GitHub answers to `repositoryQuery`, checked: an answer of another shape is a defect, not a fact. */

export const entryShape = z.object({
  name: z.string(),
  type: z.string(),
  mode: z.number(),
  oid: z.string(),
  size: z.number(),
})
export const treeShape = z
  .object({ __typename: z.string(), entries: z.array(entryShape).nullish() })
  .optional()
export const blobShape = z
  .object({
    __typename: z.string(),
    oid: z.string().optional(),
    byteSize: z.number().optional(),
    isBinary: z.boolean().nullish(),
    isTruncated: z.boolean().optional(),
    text: z.string().nullish(),
  })
  .optional()

const actorShape = z
  .object({
    slug: z.string().optional(),
    combinedSlug: z.string().optional(),
    login: z.string().optional(),
  })
  .nullish()

const bypassActorShape = z.object({
  bypassMode: z.string().nullish(),
  organizationAdmin: z.boolean(),
  enterpriseOwner: z.boolean(),
  deployKey: z.boolean(),
  repositoryRoleName: z.string().nullish(),
  actor: actorShape,
})

const vulnerabilityShape = z
  .object({ severity: z.string(), package: z.object({ name: z.string() }) })
  .nullish()

const ruleShape = z.object({
  type: z.string(),
  repositoryRuleset: z
    .object({
      name: z.string(),
      bypassActors: z
        .object({ totalCount: z.number(), nodes: z.array(bypassActorShape.nullable()).nullish() })
        .nullish(),
    })
    .nullish(),
  parameters: z
    .object({
      requiredApprovingReviewCount: z.number().optional(),
      requireCodeOwnerReview: z.boolean().optional(),
      dismissStaleReviewsOnPush: z.boolean().optional(),
      requireLastPushApproval: z.boolean().optional(),
      requiredStatusChecks: z
        .array(z.object({ context: z.string(), integrationId: z.number().nullish() }))
        .optional(),
      workflows: z.array(z.object({ path: z.string() })).optional(),
    })
    .nullish(),
})

const codeownersShape = z
  .object({
    errors: z.array(
      z.object({
        line: z.number(),
        column: z.number(),
        kind: z.string(),
        source: z.string(),
        suggestion: z.string().nullish(),
        path: z.string(),
        message: z.string(),
      }),
    ),
  })
  .nullish()

export const repositoryShape = z.object({
  databaseId: z.number(),
  name: z.string(),
  url: z.string(),
  description: z.string().nullish(),
  visibility: z.string(),
  isArchived: z.boolean(),
  isFork: z.boolean(),
  isTemplate: z.boolean(),
  isEmpty: z.boolean(),
  hasIssuesEnabled: z.boolean(),
  createdAt: z.string().optional(),
  pushedAt: z.string().nullish(),
  primaryLanguage: z.object({ name: z.string() }).nullish(),
  licenseInfo: z.object({ spdxId: z.string().nullish() }).nullish(),
  isSecurityPolicyEnabled: z.boolean().nullish(),
  hasVulnerabilityAlertsEnabled: z.boolean().nullish(),
  owner: z.object({ login: z.string(), databaseId: z.number().nullish() }),
  defaultBranchRef: z
    .object({
      name: z.string(),
      target: z.object({ oid: z.string() }).nullish(),
      branchProtectionRule: z
        .object({
          pattern: z.string(),
          requiresApprovingReviews: z.boolean(),
          requiredApprovingReviewCount: z.number().nullish(),
          requiresCodeOwnerReviews: z.boolean(),
          allowsForcePushes: z.boolean(),
          allowsDeletions: z.boolean(),
          requiresStatusChecks: z.boolean(),
          dismissesStaleReviews: z.boolean(),
          requireLastPushApproval: z.boolean(),
          isAdminEnforced: z.boolean(),
          bypassPullRequestAllowances: z
            .object({
              totalCount: z.number(),
              nodes: z.array(z.object({ actor: actorShape }).nullable()).nullish(),
            })
            .nullish(),
          requiredStatusChecks: z
            .array(
              z.object({
                context: z.string(),
                app: z.object({ databaseId: z.number().nullish() }).nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
      rules: z.object({ totalCount: z.number(), nodes: z.array(ruleShape.nullable()) }).nullish(),
    })
    .nullish(),
  commit: z.object({ oid: z.string().optional(), tree: z.object({ oid: z.string() }).optional() }).nullish(),
  pullRequest: z
    .object({ state: z.string(), headRefOid: z.string(), baseRefName: z.string().optional() })
    .nullish(),
  repositoryTopics: z
    .object({ nodes: z.array(z.object({ topic: z.object({ name: z.string() }) }).nullable()) })
    .nullish(),
  codeowners: codeownersShape,
  baseCodeowners: codeownersShape,
  vulnerabilityAlerts: z
    .object({
      totalCount: z.number(),
      nodes: z.array(
        z
          .object({
            number: z.number(),
            createdAt: z.string(),
            securityVulnerability: vulnerabilityShape,
          })
          .nullable(),
      ),
    })
    .nullish(),
  dismissedAlerts: z
    .object({
      nodes: z.array(
        z
          .object({
            number: z.number(),
            dismissReason: z.string().nullish(),
            dismissComment: z.string().nullish(),
            dismisser: z.object({ login: z.string() }).nullish(),
            securityVulnerability: vulnerabilityShape,
          })
          .nullable(),
      ),
    })
    .nullish(),
  languages: z
    .object({
      edges: z.array(z.object({ size: z.number(), node: z.object({ name: z.string() }) }).nullable()),
    })
    .nullish(),
  latestRelease: z
    .object({
      tagName: z.string(),
      publishedAt: z.string().nullish(),
      description: z.string().nullish(),
      releaseAssets: z.object({ nodes: z.array(z.object({ name: z.string() }).nullable()).nullish() }),
    })
    .nullish(),
  collaborators: z
    .object({
      totalCount: z.number(),
      edges: z
        .array(z.object({ permission: z.string(), node: z.object({ login: z.string() }) }).nullable())
        .nullish(),
    })
    .nullish(),
  outsideCollaborators: z
    .object({ nodes: z.array(z.object({ login: z.string() }).nullable()).nullish() })
    .nullish(),
})

export type RepositoryShape = z.infer<typeof repositoryShape>
