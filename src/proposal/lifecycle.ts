import { type Workflow, workflowsOf } from '../snapshot/files/workflow.ts'
import type { Component } from './component.ts'
import type { Surroundings } from './surroundings.ts'
import type { ComponentType } from './types.ts'
import { type Sign, type Weighed, weigh } from './weighed.ts'

export type Lifecycle = 'experimental' | 'production' | 'deprecated'

/** Where it is in its life, the likeliest first. */
export const lifecyclesOf = (
  component: Component,
  around: Surroundings,
  type: ComponentType | undefined,
): Weighed<Lifecycle>[] =>
  weigh([...ended(around), ...tried(component, around), ...used(component, around, type)])

const sign = (stage: Lifecycle, weight: number, because: string): Sign<Lifecycle> => ({
  for: stage,
  weight,
  because,
})

const isOver =
  /\b(?:deprecated|no longer (?:maintained|supported|developed|in use)|unmaintained|end.of.life|decommission(?:ed|ing)|sunset(?:ted|ting)?|superseded by|has been replaced by|obsolete|retired|do not use)\b/i

const isTrial =
  /\b(?:experiment(?:al|s)?|proof.of.concept|poc|prototype|spike|playground|sandbox|hackathon|work in progress|wip|not (?:yet )?(?:ready )?for production|not production.ready|early stage|toy|tech(?:nical)? preview)\b/i

const ended = ({ topics, description, readme, name, snapshot }: Surroundings): Sign<Lifecycle>[] => {
  const found: Sign<Lifecycle>[] = []
  if (
    topics.some(topic =>
      /^(?:deprecated|unmaintained|end-of-life|eol|legacy-deprecated|obsolete|sunset)$/.test(topic),
    )
  )
    found.push(sign('deprecated', 0.9, 'a topic says so'))
  if (isOver.test(description.slice(0, 500))) found.push(sign('deprecated', 0.85, 'its description says so'))
  if (isOver.test(opening(readme))) found.push(sign('deprecated', 0.75, 'README.md says so at its beginning'))
  if (isLeftAlone(snapshot)) found.push(sign('deprecated', 0.35, 'nobody has pushed to it for two years'))
  if (/(?:^|[-_.])(?:deprecated|obsolete|old)$/i.test(name))
    found.push(sign('deprecated', 0.6, 'its name says so'))
  return found
}

const tried = (
  { manifests }: Component,
  { topics, description, readme, name, snapshot }: Surroundings,
): Sign<Lifecycle>[] => {
  const found: Sign<Lifecycle>[] = []
  if (
    topics.some(topic =>
      /^(?:experimental|experiment|poc|proof-of-concept|prototype|sandbox|playground|hackathon|wip|spike|alpha)$/.test(
        topic,
      ),
    )
  )
    found.push(sign('experimental', 0.85, 'a topic says so'))
  if (isTrial.test(description.slice(0, 500)))
    found.push(sign('experimental', 0.8, 'its description says so'))
  if (
    isTrial.test(opening(readme)) ||
    /\b(?:in|is) (?:alpha|beta)\b|\bstatus: *(?:alpha|beta)\b/i.test(opening(readme))
  )
    found.push(sign('experimental', 0.7, 'README.md says so at its beginning'))
  if (
    /(?:^|[-_.])(?:poc|prototype|experiment|experiments|spike|playground|sandbox|hackathon|wip)(?:$|[-_.])/i.test(
      name,
    )
  )
    found.push(sign('experimental', 0.8, 'its name says so'))
  const version = manifests.find(each => each.version && !/^0\.0\.0/.test(each.version))?.version
  const { latestRelease } = snapshot.facts
  const isReleased = latestRelease.known && latestRelease.value.exists
  if (version && /^0\.|(?:alpha|beta|snapshot|dev|rc)/i.test(version) && !isReleased)
    found.push(
      sign('experimental', /^0\.0\./.test(version) ? 0.45 : 0.3, `its version is ${version.slice(0, 30)}`),
    )
  return found
}

const isProduction = /^(?:prod|production|live|prd)(?:$|[-_/ ])|[-_/ ](?:prod|production|prd)$/i

const used = (
  component: Component,
  { topics, readme, snapshot }: Surroundings,
  type: ComponentType | undefined,
): Sign<Lifecycle>[] => {
  const { environments, latestRelease } = snapshot.facts
  const found: Sign<Lifecycle>[] = []
  const environment = environments.known
    ? environments.value.find(({ name }) => isProduction.test(name))
    : undefined
  if (environment)
    found.push(sign('production', 0.8, `it is deployed to the environment ${environment.name.slice(0, 60)}`))
  if (topics.some(topic => /^(?:production|prod|live|tier-[01]|tier[01]|critical)$/.test(topic)))
    found.push(sign('production', 0.8, 'a topic says so'))
  const path = component.paths.find(
    each =>
      /(?:^|[/_.-])(?:prod|production|prd|live)(?:[/_-][^/]*|\.[\w.]+|\/.*)?$/i.test(each) &&
      /\.(?:ya?ml|tf|tfvars|json|toml|env|properties)$/i.test(each),
  )
  if (path) found.push(sign('production', 0.65, `${path} is for production`))
  const deploys = deploying(snapshot)
  const isRun = type === 'service' || type === 'website'
  if (deploys)
    found.push(
      sign(
        'production',
        deploys.toProduction ? 0.75 : isRun ? 0.6 : 0.5,
        `${deploys.path} deploys or publishes it`,
      ),
    )
  if (latestRelease.known && latestRelease.value.exists) {
    const { tag } = latestRelease.value
    if (/^\D*0\.\d/.test(tag))
      found.push(
        sign(isRun ? 'production' : 'experimental', 0.45, `its newest release is ${tag.slice(0, 40)}`),
      )
    else found.push(sign('production', 0.7, `its newest release is ${tag.slice(0, 40)}`))
  } else {
    const version = component.manifests.find(
      each =>
        each.version &&
        /^[1-9]\d*\.\d/.test(each.version) &&
        !/alpha|beta|snapshot|dev|rc/i.test(each.version),
    )?.version
    if (version)
      found.push(
        sign('production', version === '1.0.0' ? 0.25 : 0.45, `its version is ${version.slice(0, 30)}`),
      )
  }
  const deployment =
    component.manifests.find(({ ecosystem }) => ecosystem === 'helm' || ecosystem === 'serverless')?.path ??
    component.paths.find(each =>
      /(?:^|\/)(?:k8s|kubernetes|kustomize|helm|charts)\/|(?:^|\/)(?:fly\.toml|Procfile|render\.ya?ml|vercel\.json|netlify\.toml|config\/deploy\.yml)$/.test(
        each,
      ),
    )
  if (deployment) found.push(sign('production', 0.45, `${deployment} deploys it`))
  const kept = keptUp(snapshot)
  if (kept) found.push(sign('production', 0.35, kept))
  if (
    /\bin production\b|\bruns? in prod\b|\bon-?call\b|\brunbook\b|\bSLOs?\b|\b(?:app|play) store\b|\bis live\b/i.test(
      readme,
    ) &&
    !isTrial.test(opening(readme))
  )
    found.push(sign('production', 0.4, 'README.md speaks of people who use it'))
  return found
}

const day = 86_400_000

/** Older than a year, and somebody still works on it: as of the time that the snapshot was taken. */
const keptUp = ({ facts, takenAt }: Surroundings['snapshot']): string | undefined => {
  const { createdAt, pushedAt } = facts.metadata.known ? facts.metadata.value : {}
  if (!createdAt || !pushedAt) return undefined
  const age = Date.parse(takenAt) - Date.parse(createdAt)
  const idle = Date.parse(takenAt) - Date.parse(pushedAt)
  return age > 365 * day && idle < 120 * day
    ? 'it is older than a year and somebody still works on it'
    : undefined
}

/** Nobody has pushed for so long that it may well be over. */
const isLeftAlone = ({ facts, takenAt }: Surroundings['snapshot']): boolean => {
  const pushedAt = facts.metadata.known ? facts.metadata.value.pushedAt : undefined
  return pushedAt !== undefined && Date.parse(takenAt) - Date.parse(pushedAt) > 2 * 365 * day
}

/** Beginnings say what a thing is; further down a README speaks of deprecated options. */
const opening = (readme: string): string => readme.slice(0, 700)

const deploying = (
  snapshot: Surroundings['snapshot'],
): { path: string; toProduction: boolean } | undefined => {
  const workflows = workflowsOf(snapshot)
  if (!workflows.known) return undefined
  let weaker: { path: string; toProduction: boolean } | undefined
  for (const { path, read } of workflows.value) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const byName = /deploy|release|publish|^cd[-.]/i.test(name)
    const does = byName || (read.status === 'read' && deploysIn(read.workflow))
    if (!does) continue
    const toProduction =
      /prod/i.test(name) ||
      (read.status === 'read' && read.workflow.jobs.some(({ id, name: job }) => /prod/i.test(`${id} ${job}`)))
    if (toProduction) return { path, toProduction }
    weaker ??= { path, toProduction }
  }
  return weaker
}

const deploysIn = ({ jobs }: Workflow): boolean =>
  jobs.some(
    ({ id, steps }) =>
      /^(?:deploy|release|publish)/i.test(id) ||
      steps.some(
        ({ uses, run }) =>
          /deploy|pypi-publish|goreleaser|semantic-release|changesets\/action|release-please/i.test(
            uses?.text ?? '',
          ) ||
          /\b(?:npm publish|cargo publish|twine upload|poetry publish|helm upgrade|kubectl apply|mvn [^\n]{0,40}deploy|gem push|dotnet nuget push|flyctl deploy|serverless deploy|cdk deploy|terraform apply|gh-deploy|techdocs-cli publish)\b/.test(
            run?.text.slice(0, 5_000) ?? '',
          ),
      ),
  )
