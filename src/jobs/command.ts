import {
  renderHelp,
  renderLimit,
  renderNotAllowed,
  renderPermissionUnknown,
  renderUnknown,
} from '../effects/reply/render-reply.ts'
import type { CommandJob } from '../intake/job.ts'
import type { Repository } from '../store/repositories.ts'
import type { Work } from '../store/work.ts'
import { answer, type Commanded, isPublic, subjectOf } from './commands/commanded.ts'
import { explainControl } from './commands/explain.ts'
import { prepareFix } from './commands/fix.ts'
import { allowance, mostAnswered, type Who } from './commands/limit.ts'
import { nameOwner } from './commands/owner.ts'
import { recheck } from './commands/recheck.ts'
import { askForWaiver } from './commands/waive.ts'
import { type Access, accessOf, isMember } from './commands/who-may.ts'
import type { JobDependencies } from './jobs.ts'

/** `command`: carries out what a comment commands, and answers it. */
export async function carryOut(work: Work<'command'>, deps: JobDependencies): Promise<void> {
  const [job] = work.jobs
  const place = job && (await activeRepository(job.repositoryId, deps))
  if (!job || !place) return
  const subject = await subjectOf(place, job, deps.store)
  const inForce = subject && (await deps.policies.inForce(subject))
  if (!subject || !inForce || deps.dryRun) {
    const why = subject
      ? 'there is no policy, or nothing may be written'
      : 'the issue is no tracking issue of ours'
    deps.log.info({ repository: place.id, issue: job.issue }, `A command was not carried out: ${why}.`)
    return
  }
  const inPublic = await isPublic(place, deps.store)
  const access = once(() => accessOf(job.author, subject, deps))
  const allowed = await allowance(
    job,
    by => whoIs(job, place, inPublic, by === 'access' ? access : undefined, deps),
    deps,
  )
  if (allowed === 'ignore') return
  const commanded: Commanded = {
    job,
    subject,
    place,
    inForce,
    asked: {
      issue: job.issue,
      id: job.comment,
      ...(place.id === subject.id ? {} : { repositoryId: place.id }),
    },
    words: {
      isPullRequest: job.isPullRequest,
      isNeutral: inPublic && inForce.policy.issues.publicRepositories !== 'full',
    },
  }
  if (allowed === 'say-so') return answer(commanded, deps, renderLimit(mostAnswered.team))
  if (isForWriters[job.command.name] && (await access()) !== 'write')
    return refuse(commanded, await access(), deps)
  return carry(commanded, deps)
}

async function whoIs(
  { author }: CommandJob,
  place: Repository,
  inPublic: boolean,
  access: (() => Promise<Access>) | undefined,
  deps: JobDependencies,
): Promise<Who> {
  if (!inPublic || (await isMember(author.login, place.ownerId, deps))) return 'team'
  const may = await access?.()
  return may === 'write' || may === 'triage' ? 'team' : 'stranger'
}

const isForWriters: Record<CommandJob['command']['name'], boolean> = {
  recheck: true,
  fix: true,
  owner: true,
  waive: true,
  explain: false,
  help: false,
  unknown: false,
}

function carry(commanded: Commanded, deps: JobDependencies): Promise<void> {
  const { command } = commanded.job
  switch (command.name) {
    case 'help':
      return answer(commanded, deps, renderHelp(commanded.words))
    case 'unknown':
      return answer(commanded, deps, renderUnknown(command))
    case 'explain':
      return explainControl(command.control, commanded, deps)
    case 'recheck':
      return recheck(commanded, deps)
    case 'fix':
      return prepareFix(commanded, deps)
    case 'owner':
      return nameOwner(command.owner, commanded, deps)
    case 'waive':
      return askForWaiver(command, commanded, deps)
  }
}

function refuse(commanded: Commanded, access: Access, deps: JobDependencies): Promise<void> {
  const { subject, job } = commanded
  const name = `${subject.owner}/${subject.name}`
  return answer(
    commanded,
    deps,
    access === 'unknown'
      ? renderPermissionUnknown(job.author.login, name)
      : renderNotAllowed(job.author.login, name),
  )
}

async function activeRepository(id: number, { store }: JobDependencies): Promise<Repository | undefined> {
  const repository = await store.repositories.get(id)
  const installation = repository && (await store.installations.get(repository.installationId))
  const isActive = repository && !repository.goneAt && !installation?.suspendedAt && !installation?.goneAt
  return isActive ? repository : undefined
}

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}
