import type { Hono } from 'hono'
import { Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import { newSuite, suiteOf } from '../events.ts'
import * as format from '../format.ts'
import { checkRun, checkSuite } from '../format-check.ts'
import type { Annotation, CheckRunRow, CheckStatus } from '../rows.ts'
import { insertNode } from '../store.ts'
import type { World } from '../world.ts'
import {
  type Asked,
  asText,
  type Body,
  bodyOf,
  type Environment,
  found,
  invalid,
  page,
  repositoryOf,
} from './answer.ts'

const MAXIMUM_ANNOTATIONS = 50
const MAXIMUM_TEXT = 65_535
const MAXIMUM_ACTIONS = 3
const CONCLUSIONS = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
  'stale',
]
const STATUSES: CheckStatus[] = ['queued', 'in_progress', 'completed']

/** Check runs as GitHub keeps them: by an app only, annotations added and not replaced, its limits held. */
export function checkRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const runOf = (context: Asked): CheckRunRow => {
    const row = db.checkRuns.get(Number(context.req.param('id')))
    return found(row?.repo_id === repositoryOf(world, context).id ? row : undefined)
  }
  const appIdOf = (context: Asked): number => {
    const caller = context.get('caller')
    if (caller.kind !== 'installation') throw new Refusal(403, 'You must authenticate via a GitHub App.')
    return caller.appId
  }

  rest.post('/repos/:owner/:repo/check-runs', async context => {
    const appId = appIdOf(context)
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const name = asText(body.name)
    const sha = asText(body.head_sha)
    if (!name) throw invalid('CheckRun', 'name', 'missing_field')
    if (!sha || !world.commit(repo.id, sha)) throw new Refusal(422, `No commit found for SHA: ${sha ?? ''}`)
    const branch = world.refs(repo.id).find(ref => ref.sha === sha)?.name ?? null
    const suite = suiteOf(world, repo.id, sha, appId) ?? newSuite(world, repo.id, sha, branch, appId)
    const { status, conclusion, completedAt } = progressOf(body, undefined)
    const row = insertNode(db.checkRuns, 'CheckRun', {
      repo_id: repo.id,
      head_sha: sha,
      name,
      status,
      conclusion,
      started_at: asText(body.started_at) ?? new Date().toISOString(),
      completed_at: completedAt,
      external_id: asText(body.external_id) ?? '',
      details_url: asText(body.details_url) ?? null,
      actions: actionsOf(body) ?? null,
      output: outputOf(body, undefined),
      check_suite_id: suite.id,
      app_id: appId,
    })
    refreshSuite(row.check_suite_id)
    return context.json(checkRun(world, row), 201)
  })

  rest.patch('/repos/:owner/:repo/check-runs/:id{[0-9]+}', async context => {
    const row = runOf(context)
    if (row.app_id !== appIdOf(context))
      throw new Refusal(
        403,
        'Invalid app_id `undefined` - check run can only be modified by the GitHub App that created it.',
      )
    const body = await bodyOf(context)
    const { status, conclusion, completedAt } = progressOf(body, row)
    const updated = db.checkRuns.update(row.id, {
      name: asText(body.name) ?? row.name,
      status,
      conclusion,
      completed_at: completedAt,
      started_at: asText(body.started_at) ?? row.started_at,
      external_id: asText(body.external_id) ?? row.external_id,
      details_url: asText(body.details_url) ?? row.details_url,
      actions: actionsOf(body) ?? row.actions,
      output: outputOf(body, row),
    })
    refreshSuite(row.check_suite_id)
    return context.json(checkRun(world, found(updated)))
  })

  rest.get('/repos/:owner/:repo/check-runs/:id{[0-9]+}', context =>
    context.json(checkRun(world, runOf(context))),
  )
  rest.get('/repos/:owner/:repo/check-runs/:id{[0-9]+}/annotations', context => {
    const row = runOf(context)
    const repo = repositoryOf(world, context)
    const href = (path: string) => `${world.url}/${repo.full_name}/blob/${row.head_sha}/${path}`
    return context.json(
      page(context, row.output.annotations).map(each => ({ ...each, blob_href: href(each.path) })),
    )
  })
  /** GitHub only asks: the run keeps its result until the app answers. */
  rest.post('/repos/:owner/:repo/check-runs/:id{[0-9]+}/rerequest', context => {
    const row = runOf(context)
    const payload = { check_run: checkRun(world, row, { inDelivery: true }) }
    happen({ event: 'check_run', action: 'rerequested', repositoryId: row.repo_id, payload })
    return context.json({}, 201)
  })
  rest.post('/repos/:owner/:repo/check-suites/:id{[0-9]+}/rerequest', context => {
    const row = found(db.checkSuites.get(Number(context.req.param('id'))))
    const payload = { check_suite: checkSuite(world, row) }
    happen({ event: 'check_suite', action: 'rerequested', repositoryId: row.repo_id, payload })
    return context.json({}, 201)
  })

  rest.get('/repos/:owner/:repo/commits/:ref{.+}/check-runs', context => {
    const repo = repositoryOf(world, context)
    const sha = world.commitSha(repo.id, context.req.param('ref'))
    if (!sha) throw new Refusal(422, `No commit found for SHA: ${context.req.param('ref')}`)
    const { check_name: name, status, app_id: appId, filter } = context.req.query()
    const rows = db.checkRuns
      .findBy('head_sha', sha)
      .filter(row => row.repo_id === repo.id)
      .filter(row => !name || row.name === name)
      .filter(row => !status || row.status === status)
      .filter(row => !appId || `${row.app_id}` === appId)
    // The latest of each name an app, unless all are asked for.
    const latest = [...new Map(rows.map(row => [`${row.app_id} ${row.name}`, row])).values()]
    const chosen = (filter === 'all' ? rows : latest).sort((a, b) => b.id - a.id)
    return context.json({
      total_count: chosen.length,
      check_runs: page(context, chosen).map(row => checkRun(world, row)),
    })
  })
  rest.get('/repos/:owner/:repo/commits/:ref{.+}/check-suites', context => {
    const repo = repositoryOf(world, context)
    const sha = found(world.commitSha(repo.id, context.req.param('ref')))
    const { app_id: appId } = context.req.query()
    const rows = db.checkSuites
      .findBy('head_sha', sha)
      .filter(row => row.repo_id === repo.id && (!appId || `${row.app_id}` === appId))
    const repository = format.repository(world, repo)
    return context.json({
      total_count: rows.length,
      check_suites: page(context, rows).map(row => ({ ...checkSuite(world, row), repository })),
    })
  })

  function refreshSuite(id: number): void {
    const runs = db.checkRuns
      .findBy('repo_id', db.checkSuites.get(id)?.repo_id)
      .filter(run => run.check_suite_id === id)
    const isDone = runs.every(run => run.status === 'completed')
    const order = ['success', 'skipped', 'neutral', 'cancelled', 'timed_out', 'action_required', 'failure']
    const worst = runs.map(run => run.conclusion ?? '').sort((a, b) => order.indexOf(b) - order.indexOf(a))[0]
    db.checkSuites.update(id, {
      status: isDone ? 'completed' : 'in_progress',
      conclusion: isDone ? (worst ?? null) : null,
    })
  }
}

function progressOf(body: Body, row: CheckRunRow | undefined) {
  const wanted = asText(body.conclusion)
  if (wanted && !CONCLUSIONS.includes(wanted)) throw invalid('CheckRun', 'conclusion', 'invalid')
  const status =
    STATUSES.find(each => each === body.status) ?? (wanted ? 'completed' : (row?.status ?? 'queued'))
  if (body.status !== undefined && body.status !== status) throw invalid('CheckRun', 'status', 'invalid')
  const isDone = status === 'completed'
  const conclusion = isDone ? (wanted ?? row?.conclusion ?? null) : null
  if (isDone && !conclusion) throw invalid('CheckRun', 'conclusion', 'missing_field')
  const completedAt = isDone
    ? (asText(body.completed_at) ?? row?.completed_at ?? new Date().toISOString())
    : null
  return { status, conclusion, completedAt }
}

function outputOf(body: Body, row: CheckRunRow | undefined): CheckRunRow['output'] {
  const before = row?.output ?? {
    title: null,
    summary: null,
    text: null,
    annotations_count: 0,
    annotations: [],
  }
  const given = body.output as Body | null | undefined
  if (!given || typeof given !== 'object') return before
  const title = asText(given.title) ?? before.title
  const summary = asText(given.summary) ?? before.summary
  const text = asText(given.text) ?? before.text
  if (!title) throw new Refusal(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
  if (summary === null) throw new Refusal(422, 'Invalid request.\n\n"summary" wasn\'t supplied.')
  for (const [field, value] of Object.entries({ summary, text }))
    if ((value?.length ?? 0) > MAXIMUM_TEXT)
      throw new Refusal(
        422,
        `Invalid request.\n\nOnly ${MAXIMUM_TEXT} characters are allowed; ${value?.length} were supplied.`,
        { errors: [{ resource: 'CheckRun', field, code: 'too_long' }] },
      )
  const raw = Array.isArray(given.annotations) ? given.annotations : []
  if (raw.length > MAXIMUM_ANNOTATIONS)
    throw new Refusal(
      422,
      `Invalid request.\n\nNo more than ${MAXIMUM_ANNOTATIONS} items are allowed; ${raw.length} were supplied.`,
    )
  const annotations = [...before.annotations, ...raw.map(annotationOf)]
  return { title, summary, text, annotations, annotations_count: annotations.length }
}

function annotationOf(given: Body): Annotation {
  const { path, start_line: start, end_line: end, annotation_level: level, message } = given
  if (typeof path !== 'string' || typeof message !== 'string')
    throw invalid('Annotation', 'path', 'missing_field')
  if (typeof start !== 'number' || typeof end !== 'number' || start < 1 || end < start)
    throw invalid('Annotation', 'start_line', 'invalid')
  if (level !== 'notice' && level !== 'warning' && level !== 'failure')
    throw invalid('Annotation', 'annotation_level', 'invalid')
  const columns = [given.start_column, given.end_column].map(each => (typeof each === 'number' ? each : null))
  // GitHub takes columns only where an annotation starts and ends on the same line.
  if (start !== end && columns.some(each => each !== null))
    throw invalid('Annotation', 'start_column', 'invalid')
  return {
    path,
    start_line: start,
    end_line: end,
    start_column: columns[0] ?? null,
    end_column: columns[1] ?? null,
    annotation_level: level,
    message,
    title: asText(given.title) ?? null,
    raw_details: asText(given.raw_details) ?? null,
  }
}

function actionsOf(body: Body): CheckRunRow['actions'] | undefined {
  if (!Array.isArray(body.actions)) return undefined
  if (body.actions.length > MAXIMUM_ACTIONS)
    throw new Refusal(
      422,
      `Invalid request.\n\nNo more than ${MAXIMUM_ACTIONS} items are allowed; ${body.actions.length} were supplied.`,
    )
  return body.actions.map((each: Body) => {
    const { label, description, identifier } = each
    const limits: [unknown, number][] = [
      [label, 20],
      [description, 40],
      [identifier, 20],
    ]
    for (const [value, limit] of limits)
      if (typeof value !== 'string' || value.length > limit) throw invalid('CheckRun', 'actions', 'invalid')
    return { identifier: `${identifier}`, label: `${label}`, description: `${description}` }
  })
}
