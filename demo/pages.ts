import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { type Button, buttonsOf, press } from './buttons.ts'
import type { Running } from './keeper.ts'
import { renderCheckRun, renderIssue } from './markdown.ts'
import { type Outcome, seeOutcomes } from './outcomes.ts'
import { style } from './page-style.ts'
import type { Stage } from './stage.ts'
import type { SeenAnnotation, SeenCheckRun, SeenIssue } from './witness.ts'

/** A few pages that show what the emulated GitHub holds as GitHub would show it. Read anew for each request. */
export async function startPages(stage: Stage): Promise<Running & { url: string }> {
  const { ada, github, organisation, witness } = stage
  const web = new Hono()
  web.get('/', async context => {
    const outcomes = await seeOutcomes(stage)
    return context.html(page(organisation, overview(organisation, outcomes)))
  })
  web.get('/:repository', async context => {
    const name = context.req.param('repository')
    const head = await ada.head(name).catch(() => undefined)
    const pulls = await ada
      .ask<{ number: number; title: string; head: { sha: string } }[]>(
        'GET',
        `/repos/${organisation}/${name}/pulls?state=all`,
      )
      .catch(() => [])
    const commits = [
      ...(head ? [{ label: 'main', sha: head }] : []),
      ...pulls.map(pull => ({ label: `#${pull.number} ${pull.title}`, sha: pull.head.sha })),
    ]
    const checks = await Promise.all(
      commits.map(async ({ label, sha }) => {
        const run = await witness.checkRun(name, sha)
        if (!run) return ''
        const annotations = await witness.annotations(name, run.id)
        return checkRunView(run, label, annotations, buttonsOf(stage, run.id))
      }),
    )
    const issues = head ? (await witness.issues(name)).map(issueView) : []
    const { only, measure } = context.req.query()
    const shown = only === 'check' ? checks.slice(0, 1) : only === 'issue' ? issues : [checks, issues]
    const content = html`${only ? '' : home}${shown}${measure ? measuring : ''}`
    return context.html(page(name, content, `${github.url}/${organisation}/`))
  })
  /** A button is pressed. What comes of it takes a moment: the page shows it when it is loaded again. */
  web.post('/:repository', async context => {
    const { 'check-run': checkRun, action } = context.req.query()
    await press(stage, context.req.param('repository'), Number(checkRun), action)
    return context.redirect(context.req.path, 303)
  })
  /** Where the links of check runs lead: `/payments-api/blob/SHA/catalog-info.yaml`. */
  web.get('/:repository/blob/:ref/:path{.+}', async context => {
    const { repository, ref, path } = context.req.param()
    const text = await ada.read(repository, `${path}?ref=${ref}`)
    const lines = text
      .split('\n')
      .map((each, index) => html`<li id="L${index + 1}"><code>${each}</code></li>`)
    return context.html(
      page(path, html`${home}<h2>${repository}: ${path}</h2><ol class="file">${lines}</ol>`),
    )
  })
  web.onError((error, context) => context.text(error.message, 500))

  const server = createServer(getRequestListener(web.fetch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

type Html = ReturnType<typeof html>

/** `githubUrl`: links to files there, which the emulated GitHub has no pages for, lead to ours. */
function page(title: string, content: Html, githubUrl?: string): Html {
  const shown = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
    <style>${raw(style)}</style></head><body>${content}</body></html>`
  return githubUrl
    ? Promise.resolve(shown).then(text => raw(String(text).replaceAll(`href="${githubUrl}`, 'href="/')))
    : shown
}

const home = html`<p class="home"><a href="/">All repositories</a></p>`
/** How high a picture of the page has to be. */
const measuring = raw(
  '<script>document.body.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)</script>',
)

const overview = (organisation: string, outcomes: Outcome[]): Html => html`<h1>${organisation}</h1>
  <table><tr><th>Repository</th><th>Check run</th><th>Issues</th><th>In Backstage</th></tr>
  ${outcomes.map(
    ({ repository, checkRun, issues, entities }) => html`<tr>
      <td><a href="/${repository.name}">${repository.name}</a></td>
      <td>${checkRun ? html`${mark(checkRun.conclusion)} ${checkRun.output.title}` : ''}</td>
      <td>${issues.map(({ number, state }) => `#${number} ${state}`).join(', ')}</td>
      <td>${entities.map(({ ref }) => ref).join(', ')}</td></tr>`,
  )}</table>`

export const checkRunView = (
  run: SeenCheckRun,
  label: string,
  annotations: SeenAnnotation[],
  buttons: readonly Button[],
): Html => html`
  <section class="check">
    <header>${mark(run.conclusion)} <strong>${run.name}</strong> on ${label}, ${run.conclusion} at
      <code>${run.head_sha.slice(0, 7)}</code>${buttons.map(
        ({ identifier, label: words, description }) => html`
      <form method="post" action="?check-run=${run.id}&amp;action=${identifier}">
        <button title="${description}">${words}</button></form>`,
      )}</header>
    <div class="output">
      <h2>${run.output.title}</h2>
      ${raw(renderCheckRun(run.output.summary ?? ''))}
      ${annotations.length > 0 ? html`<h3>Annotations</h3>${annotations.map(annotationView)}` : ''}
      ${run.output.text ? html`<h3>Details</h3>${raw(renderCheckRun(run.output.text))}` : ''}
    </div>
  </section>`

const annotationView = (each: SeenAnnotation): Html => html`<div class="annotation ${each.annotation_level}">
  <p>Check ${each.annotation_level} on line ${each.start_line} in <code>${each.path}</code></p>
  <p><strong>${each.title}</strong></p><pre>${each.message}</pre></div>`

const issueView = (issue: SeenIssue): Html => html`<section class="issue">
  <h2>${issue.title} <span class="number">#${issue.number}</span></h2>
  <p><span class="state ${issue.state}">${issue.state}</span> opened by <strong>${issue.user.login}</strong></p>
  <div class="output">${raw(renderIssue(issue.body ?? ''))}</div></section>`

const marks: Record<string, string> = { success: '✓', failure: '✗', neutral: '■' }
const mark = (conclusion: string | null): Html =>
  html`<span class="mark ${conclusion}">${marks[conclusion ?? ''] ?? '·'}</span>`
