import type { Delivery } from '../store/deliveries.ts'
import {
  directoryChanged,
  installation,
  installationRepositories,
  installationTarget,
  organization,
} from './account-events.ts'
import { comment } from './conversation-events.ts'
import {
  type Changes,
  type Event,
  type IntakeContext,
  ignored,
  type Outcome,
  settingsChanged,
} from './event.ts'
import { issueChanged } from './issue-events.ts'
import type { Job } from './job.ts'
import { at, idAt, repositoryAt, textAt } from './payload.ts'
import {
  codeScanningAlert,
  customPropertyValues,
  mergeGroup,
  pullRequest,
  push,
  release,
  repository,
  rerun,
  ruleset,
  secretScanningAlert,
} from './repository-events.ts'

/** One webhook, its signature verified. */
export interface Incoming {
  guid: string
  /** `X-GitHub-Event` */
  event: string
  payload: unknown
}

export interface Intake {
  delivery: Delivery
  changes: Changes
  jobs: Job[]
}

/** Every event that wakes us. `app.yml` subscribes to these and no others. */
const events: Record<string, (event: Event) => Outcome> = {
  push,
  pull_request: pullRequest,
  merge_group: mergeGroup,
  issue_comment: comment,
  issues: issueChanged,
  check_run: rerun('check_run'),
  check_suite: rerun('check_suite'),
  repository,
  installation,
  installation_repositories: installationRepositories,
  installation_target: installationTarget,
  team: directoryChanged,
  team_add: directoryChanged,
  membership: directoryChanged,
  member: directoryChanged,
  organization,
  custom_property_values: customPropertyValues,
  branch_protection_rule: settingsChanged,
  branch_protection_configuration: settingsChanged,
  repository_ruleset: ruleset,
  dependabot_alert: settingsChanged,
  code_scanning_alert: codeScanningAlert,
  secret_scanning_alert: secretScanningAlert,
  security_and_analysis: settingsChanged,
  release,
  repository_vulnerability_alert: settingsChanged,
}

/** For the test that compares them with `app.yml`. */
export const eventNames: readonly string[] = Object.keys(events)

/** A webhook as jobs, with all that is to be remembered of it. Never throws, whatever the payload is. */
export const toJobs = ({ guid, event: name, payload }: Incoming, context: IntakeContext): Intake => {
  const installationId = idAt(payload, 'installation', 'id')
  const repository = installationId ? repositoryAt(at(payload, 'repository'), installationId) : undefined
  const action = textAt(payload, 'action')
  const outcome = installationId
    ? handle(name, {
        action,
        payload,
        installationId,
        repository,
        context,
        because: (why, more) => ({ why, delivery: guid, ...more }),
      })
    : ignored('It names no installation of the app, so there is nothing that could be asked about it.')
  const sender = textAt(payload, 'sender', 'login')
  const repositoryId = idAt(payload, 'repository', 'id')
  const ref = textAt(payload, 'ref')
  const before = textAt(payload, 'before')
  const after = textAt(payload, 'after')
  const changes = 'changes' in outcome ? outcome.changes : undefined
  return {
    delivery: {
      guid,
      event: name,
      ...(action ? { action } : {}),
      ...(installationId ? { installationId } : {}),
      ...(repositoryId ? { repositoryId } : {}),
      ...(sender ? { sender } : {}),
      ...(ref ? { ref } : {}),
      ...(before ? { before } : {}),
      ...(after ? { after } : {}),
      ...('ignored' in outcome ? { ignored: outcome.ignored } : {}),
    },
    changes: {
      // What is ignored as news may still be told by a repository's old name.
      repositories: changes?.repositories ?? ('jobs' in outcome && repository ? [repository] : []),
      gone: changes?.gone ?? [],
      ...(changes?.installation ? { installation: changes.installation } : {}),
      ...(changes?.left ? { left: changes.left } : {}),
      ...(changes?.properties ? { properties: changes.properties } : {}),
    },
    jobs: 'jobs' in outcome ? outcome.jobs : [],
  }
}

const handle = (name: string, event: Event): Outcome => {
  const handler = Object.hasOwn(events, name) ? events[name] : undefined
  if (!handler) return ignored(`${name} changes nothing that a control reads.`)
  // A pull request of ours needs its check run as any other: a required check that never comes blocks it for ever.
  const byUs =
    event.context.appSlug && textAt(event.payload, 'sender', 'login') === `${event.context.appSlug}[bot]`
  if (byUs && name !== 'pull_request' && name !== 'merge_group')
    return ignored('It was done by the app itself.')
  return handler(event)
}
