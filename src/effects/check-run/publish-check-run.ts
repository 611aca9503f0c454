import type { Applied } from '../applied.ts'
import type { Annotation, CheckRunEffect } from '../effect.ts'
import { githubRefusal, said, statusOf } from '../github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from '../outside.ts'
import { done, type Planned } from '../planned.ts'

export const checkRunName = 'Golden Path'

const nameOf = ({ name = checkRunName }: CheckRunEffect): string => name

/** GitHub takes no more in one request, and adds those of the next to them. */
const annotationsPerRequest = 50
/** Pages of 100 that are looked through after a lost answer. */
const annotationPages = 12

/** One request for a check run with up to 50 annotations: it is created as completed, never as in progress. */
export async function publishCheckRun(effect: Planned<CheckRunEffect>, outside: Outside): Promise<Applied> {
  try {
    const found = effect.uncertain ? await findCheckRun(effect, outside) : undefined
    const annotations = found ? await notYetThere(effect.annotations, found, outside) : effect.annotations
    const id = found ?? effect.id
    if (id === undefined) return await create(effect, outside)
    try {
      await update(id, effect, annotations, outside)
      return {
        outcome: 'done',
        row: done(effect, id.toString()),
        note:
          found && found !== effect.id ? `adopted check run ${id}, which an earlier try had made` : undefined,
      }
    } catch (error) {
      // The app was reinstalled, or GitHub archived old checks: the run is not there to be changed.
      if (statusOf(error) !== 404 || found !== undefined) throw error
      return await create(effect, outside)
    }
  } catch (error) {
    if (statusOf(error) === 422 && /no commit found|not found/i.test(said(error)))
      return {
        outcome: 'skipped',
        row: 'drop',
        sentence: `${fullName(outside)} no longer has the commit ${effect.headSha}: there is nothing to attach a check run to.`,
      }
    return githubRefusal(error, 'write the check run', 'checks: write', fullName(outside))
  }
}

async function create(effect: Planned<CheckRunEffect>, outside: Outside): Promise<Applied> {
  const [first = [], ...rest] = batches(effect.annotations)
  const { data } = await outside.github.request('POST /repos/{owner}/{repo}/check-runs', {
    ...ownerAndRepo(outside),
    name: nameOf(effect),
    head_sha: effect.headSha,
    external_id: effect.key,
    status: 'completed',
    conclusion: effect.conclusion,
    output: output(effect, first),
    ...(effect.actions ? { actions: effect.actions } : {}),
  })
  const id = idOf(data)
  if (id === undefined)
    throw new Error(`GitHub answered the creation of a check run without an id in ${fullName(outside)}`)
  for (const batch of rest) await patch(id, effect, batch, outside)
  return { outcome: 'done', row: done(effect, id.toString()) }
}

async function update(
  id: number,
  effect: Planned<CheckRunEffect>,
  annotations: Annotation[],
  outside: Outside,
): Promise<void> {
  for (const batch of batches(annotations)) await patch(id, effect, batch, outside)
}

/** Carries the whole result each time: a later request without it would leave the texts of another verdict. */
async function patch(
  id: number,
  effect: Planned<CheckRunEffect>,
  annotations: Annotation[],
  outside: Outside,
): Promise<void> {
  await outside.github.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...ownerAndRepo(outside),
    check_run_id: id,
    name: nameOf(effect),
    external_id: effect.key,
    status: 'completed',
    conclusion: effect.conclusion,
    output: output(effect, annotations),
    // Left out, the button of another verdict would stay.
    actions: effect.actions ?? [],
  })
}

const output = ({ title, summary, text }: CheckRunEffect, annotations: Annotation[]) => ({
  title,
  summary,
  // Left out, it would stay what it was.
  text: text ?? '',
  annotations: annotations.map(annotation => ({
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
  })),
})

/** At least one, perhaps empty: the texts are written even when there is nothing to annotate. */
function batches(annotations: Annotation[]): Annotation[][] {
  const result: Annotation[][] = [annotations.slice(0, annotationsPerRequest)]
  for (let at = annotationsPerRequest; at < annotations.length; at += annotationsPerRequest)
    result.push(annotations.slice(at, at + annotationsPerRequest))
  return result
}

/** The check run that an earlier try made for this head, by our name, our app and our key. */
async function findCheckRun(effect: Planned<CheckRunEffect>, outside: Outside): Promise<number | undefined> {
  const { data } = await outside.github.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...ownerAndRepo(outside),
    ref: effect.headSha,
    check_name: nameOf(effect),
    app_id: outside.app.id,
    filter: 'all',
    per_page: 100,
  })
  const { check_runs: runs = [] } = data as {
    check_runs?: { id: number; name: string; external_id?: string }[]
  }
  return runs.find(run => run.name === nameOf(effect) && run.external_id === effect.key)?.id
}

async function notYetThere(annotations: Annotation[], id: number, outside: Outside): Promise<Annotation[]> {
  if (annotations.length === 0) return []
  const there = new Set<string>()
  for (let page = 1; page <= annotationPages; page++) {
    const { data } = await outside.github.request(
      'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
      { ...ownerAndRepo(outside), check_run_id: id, per_page: 100, page },
    )
    const rows = data as { path: string; start_line: number; message: string }[]
    for (const row of rows) there.add(sameAs(row.path, row.start_line, row.message))
    if (rows.length < 100) break
  }
  return annotations.filter(({ path, startLine, message }) => !there.has(sameAs(path, startLine, message)))
}

const sameAs = (path: string, line: number, message: string): string => JSON.stringify([path, line, message])

const idOf = (data: unknown): number | undefined =>
  data && typeof data === 'object' && 'id' in data && typeof data.id === 'number' ? data.id : undefined
