import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobKey } from '../../src/intake/job.ts'
import { answerWhatDied } from '../../src/jobs/answer-what-died.ts'
import { mostAnswered } from '../../src/jobs/commands/limit.ts'
import { outsideOfCode } from '../effects/outside-of-code.ts'
import { openConversation } from '../support/conversation.ts'

const policy = `version: 1
max-waiver: 180d
rules:
  - name: Every repository has an accountable owner
    for: { not: { names: .github } }
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      readme-present: advise
  - name: The vault
    for: { names: compliance }
    require: { secret-audit: observe }
controls:
  secret-audit:
    title: The vault is audited
    why: It holds the keys.
    require: [{ file: audit.yml, message: Add audit.yml. }]
`

const waiversText = `# Approved by the security team.
waivers:
  - repository: old
    control: owner-exists   # nobody is left
    until: 2027-01-31
    reason: Switched off
    approved-by: "@acme/security"
`

const component = (name: string, owner: string) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: production
  owner: ${owner}
`

let stage: Awaited<ReturnType<typeof openConversation>>

beforeAll(async () => {
  stage = await openConversation(
    {
      users: ['wanda', 'rita', 'sam'],
      outsiders: ['otto'],
      teams: [
        {
          slug: 'payments',
          members: ['wanda'],
          repositories: { 'payments-api': 'push', site: 'push' },
        },
        { slug: 'security', members: ['sam'], repositories: { '.github': 'push' } },
      ],
      repositories: {
        '.github': {
          private: true,
          files: {
            'golden-path.yml': policy,
            'golden-path/waivers.yml': waiversText,
            CODEOWNERS: '* @acme/platform\n/golden-path/waivers.yml @acme/security\n',
          },
        },
        'payments-api': {
          private: true,
          files: { 'catalog-info.yaml': component('payments-api', 'paymnts') },
        },
        compliance: { private: true, files: { 'README.md': '# Compliance' } },
        site: { private: false, files: { 'catalog-info.yaml': component('site', 'paymnts') } },
      },
    },
    '2026-11-22T00:00:00Z',
  )
  await stage.jobs.sweep()
  await stage.settled()
}, 60_000)
afterAll(() => stage?.stop())

/** The one reply, without its marker. */
const only = ({ replies }: { replies: string[] }): string => {
  expect(replies).toHaveLength(1)
  return (replies[0] ?? '').replace(/^<!--.*-->\n/, '')
}

const say = async (login: string, repository: string, text: string, issue = 1): Promise<string> =>
  only(await stage.comment(login, repository, issue, `/golden-path ${text}`))

const cases: [who: string, where: string, text: string, reply: RegExp][] = [
  ['rita', 'payments-api', 'help', /`\/golden-path waive CONTROL until DATE because REASON`/],
  ['rita', 'payments-api', '', /is a command/],
  [
    'rita',
    'payments-api',
    'explain owner-exists',
    /^\*\*Fails\*\*, and fails the check[\s\S]*`paymnts` is no team[\s\S]*To fix/,
  ],
  ['rita', 'payments-api', 'explain readme-present', /^\*\*Fails\*\*, which is advice and fails nothing/],
  ['rita', 'payments-api', 'explain catalog-info-valid', /^\*\*Passes\*\*/],
  ['rita', 'payments-api', 'explain techdocs', /is not asked of this repository\. No rule names it/],
  [
    'rita',
    'payments-api',
    'explain ownr-exists',
    /There is no control `ownr-exists`; the nearest is `owner-exists`/,
  ],
  ['rita', 'payments-api', 'fxi', /no command\. The nearest is `\/golden-path fix`/],
  [
    'rita',
    'payments-api',
    'waive owner-exists until tomorrow',
    /can't be read\. Expected `\/golden-path waive CONTROL until DATE because REASON`, as in/,
  ],
  [
    'rita',
    'payments-api',
    'fix',
    /^This needs write access to `acme\/payments-api`, which `rita` does not have\. Nothing was done/,
  ],
  ['rita', 'payments-api', 'recheck', /needs write access/],
  ['rita', 'payments-api', 'owner payments', /needs write access/],
  ['rita', 'payments-api', 'waive owner-exists until 2027-01-31 because x', /needs write access/],
  [
    'wanda',
    'payments-api',
    'recheck',
    /^Looked again at `[0-9a-f]{7}`: 1 control fails \(`owner-exists`\), 1 advises a change and 1 passes\. \[The check run\]/,
  ],
  ['wanda', 'payments-api', 'owner paymens', /`paymens` is no team of acme; the nearest is `payments`/],
  ['wanda', 'payments-api', 'owner @umbrella/payments', /is no team of acme/],
  ['wanda', 'payments-api', 'owner @wanda', /is no team of acme/],
  [
    'wanda',
    'payments-api',
    'waive ownr-exists until 2027-01-31 because x',
    /no control `ownr-exists`; the nearest is `owner-exists`/,
  ],
  ['wanda', 'payments-api', 'waive techdocs until 2027-01-31 because x', /is not asked of this repository/],
  [
    'wanda',
    'payments-api',
    'waive owner-exists until soon because x',
    /`soon` is no day\. Expected one like 31 March 2027 or 2027-03-31 instead/,
  ],
  ['wanda', 'payments-api', 'waive owner-exists until 30 February 2027 because x', /is no day/],
  ['wanda', 'payments-api', 'waive owner-exists until 2026-11-22 because x', /is not in the future/],
  [
    'wanda',
    'payments-api',
    'waive owner-exists until 2027-12-31 because x',
    /is 405 days\. The policy allows 180: until 20 May 2027 at the latest/,
  ],
]

describe('a comment on the tracking issue', () => {
  it.each(cases)('%s on %s: %s', async (who, where, text, reply) => {
    nextHour()
    expect(await say(who, where, text)).toMatch(reply)
  })

  it('is not carried out while GitHub does not tell what the person may do', async () => {
    nextHour()
    await stage.fault({ match: 'GET .*/collaborators/wanda/permission', count: 1, status: 403 })
    expect(await say('wanda', 'payments-api', 'fix')).toMatch(
      /^GitHub did not tell whether `wanda` may write/,
    )
    expect(await pullsOf('payments-api', 'golden-path/fix')).toEqual([])
  })

  it('is told nothing in public of what was found', async () => {
    const said = await say('wanda', 'site', 'explain owner-exists')
    expect(said).toContain('What was found is told by [the check run]')
    expect(said).not.toMatch(/paymnts|[Ff]ails/)
    expect(await say('wanda', 'site', 'recheck')).toMatch(
      /^Looked again at `[0-9a-f]{7}`\. \[The check run\]/,
    )
    const unasked = await say('otto', 'site', 'explain secret-audit')
    expect(unasked).toContain('There is no control `secret-audit`')
    expect(unasked + (await say('otto', 'site', 'explain secret-audits'))).not.toMatch(/nearest|vault/i)
    expect(await say('wanda', 'payments-api', 'explain secret-audit')).toContain('The vault is audited')
    expect(await say('otto', 'site', 'recheck')).toMatch(/needs write access to `acme\/site`, which `otto`/)
  })
})

describe('what is no command', () => {
  it('stands on another issue', async () => {
    const issue = await stage
      .as('wanda')
      .ask<{ number: number }>('POST', '/repos/acme/payments-api/issues', { title: 'Another' })
    expect((await stage.comment('wanda', 'payments-api', issue.number, '/golden-path help')).replies).toEqual(
      [],
    )
  })

  it('is edited into one, or was one that is edited or deleted', async () => {
    const { id, replies } = await stage.comment('wanda', 'payments-api', 1, 'What do I do?')
    expect(replies).toEqual([])
    const path = `/repos/acme/payments-api/issues/comments/${id}`
    await stage.as('wanda').ask('PATCH', path, { body: '/golden-path help' })
    await stage.settled()
    await stage.as('wanda').ask('DELETE', path)
    await stage.settled()
    expect(await repliesTo(id)).toEqual([])
  })

  it('is written by a program', async () => {
    const { id } = await stage.comment('wanda', 'payments-api', 1, 'What do I do?')
    const created = stage.heard.findLast(({ event }) => event === 'issue_comment')
    if (!created) throw new Error('No comment was delivered')
    const variant = (comment: Record<string, unknown>, sender: Record<string, unknown> = {}) => {
      const payload = structuredClone(created.payload) as {
        comment: Record<string, unknown> & { user: object }
        sender: object
      }
      Object.assign(payload.comment, { body: '/golden-path help' }, comment)
      if (comment.user) payload.comment.user = { ...payload.comment.user, ...(comment.user as object) }
      Object.assign(payload.sender, sender)
      return { guid: `variant-${JSON.stringify([comment, sender])}`, event: 'issue_comment', payload }
    }
    const programs = [
      variant({ user: { id: 1, login: 'renovate[bot]', type: 'Bot' } }, { id: 1 }),
      variant({ user: { id: 2, login: 'acme', type: 'Organization' } }, { id: 2 }),
      variant({ performed_via_github_app: { id: 99 } }),
      variant({}, { id: 999_999 }),
      variant({}, { login: 'golden-path[bot]' }),
    ]
    for (const program of programs) await stage.hearAgain(program)
    await stage.settled()
    expect(await repliesTo(id)).toEqual([])
    // What makes the five above nothing is what is different in them.
    await stage.hearAgain(variant({}))
    await stage.settled()
    expect(await repliesTo(id)).toHaveLength(1)
  })
})

describe('a hostile comment', () => {
  it.each([
    ['a command in a fence', '```\n/golden-path fix\n```'],
    ['60 KB and a command', `${'@acme/all '.repeat(6_000)}\n\n/golden-path fix`],
    ['60 KB of quotes', `${'>'.repeat(60_000)}\n\n/golden-path fix`],
    ['an override of direction', '\u202e/golden-path fix'],
    ['a control character', '\u0007/golden-path fix'],
  ])('changes nothing: %s', async (_what, body) => {
    const asked = await requests()
    const { replies } = await stage.comment('wanda', 'payments-api', 1, body)
    expect(replies).toEqual([])
    expect(await requests()).toBe(asked)
  })

  it('is quoted inertly where it is answered', async () => {
    nextHour()
    const said = await say(
      'rita',
      'payments-api',
      `waive @acme/all#1 \u202eGH-1 <img src=x> \`x\` until ${'y'.repeat(900)}`,
    )
    expect(said.length).toBeLessThan(700)
    expect(said).not.toContain('\u202e')
    expect(outsideOfCode(said)).not.toMatch(/[@#<>]|GH-1|yyy/)
  })
})

describe('one reply', () => {
  it('to a delivery that comes again, under the same GUID or another', async () => {
    const { id } = await stage.comment('wanda', 'payments-api', 1, '/golden-path help')
    const created = stage.heard.findLast(({ event }) => event === 'issue_comment')
    if (!created) throw new Error('No comment was delivered')
    await stage.hearAgain(created)
    await stage.hearAgain({ ...created, guid: 'again' })
    await stage.settled()
    expect(await repliesTo(id)).toHaveLength(1)
  })

  it('though the answer to it was lost', async () => {
    const writes = { match: 'POST .*/issues/1/comments', count: 1, dropAfterWrite: true }
    // The first request that matches is the person's own: it is made before the fault.
    const { id } = await stage
      .as('wanda')
      .ask<{ id: number }>('POST', '/repos/acme/payments-api/issues/1/comments', {
        body: 'Nothing yet',
      })
    await stage.settled()
    await stage.fault(writes)
    await command(id, 'recheck')
    expect(await repliesTo(id)).toEqual([expect.stringContaining('Looked again at')])
    const audit = await stage.jobs.store.audit.list({ limit: 50 })
    expect(audit.map(({ detail }) => detail.note)).toContainEqual(expect.stringMatching(/^adopted comment/))
  })

  it('though somebody else writes its marker', async () => {
    const { id } = await stage
      .as('wanda')
      .ask<{ id: number }>('POST', '/repos/acme/payments-api/issues/1/comments', {
        body: 'Nothing yet',
      })
    const marker = `<!-- golden-path:reply:${id} -->`
    const { id: forged } = await stage.comment('rita', 'payments-api', 1, marker)
    await stage.fault({ match: 'POST .*/issues/1/comments', count: 1, status: 502 })
    await command(id, 'recheck')
    const ours = (await repliesTo(id)).filter(body => body.includes('Looked again'))
    expect(ours).toHaveLength(1)
    const theirs = (await stage.thread('payments-api', 1)).find(each => each.id === forged)
    expect(theirs?.body).toBe(marker)
  })

  it('that a person took away is not written again', async () => {
    const { id } = await stage.comment('wanda', 'payments-api', 1, '/golden-path help')
    const own = (await stage.thread('payments-api', 1)).find(({ body }) => body.includes(`reply:${id} `))
    await stage.owner.ask('DELETE', `/repos/acme/payments-api/issues/comments/${own?.id}`)
    await command(id, 'recheck')
    expect(await repliesTo(id)).toEqual([])
  })
})

describe('a command that fails at its last try', () => {
  const dead = async () => {
    const end = Date.now() + 20_000
    while ((await stage.jobs.deps.queue.deadLetters()).length === 0) {
      if (Date.now() > end) throw new Error('Waited in vain for the dead letter')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  const writes = async () => {
    const response = await fetch(`${stage.github.url}/_emulator/requests`)
    return ((await response.json()) as { write: number }).write
  }

  it('says so in its reply, once, and the result after a replay', async () => {
    nextHour()
    await stage.fault({ match: '/graphql', status: 502 })
    const { id } = await post('wanda', 'payments-api', '/golden-path recheck')
    await dead()
    expect(await repliesTo(id)).toEqual([expect.stringContaining('Looking again')])
    await answerWhatDied(stage.jobs.deps)
    expect(await repliesTo(id)).toEqual([
      expect.stringMatching(/This was not finished: it failed 5 times.* Comment the same again later/),
    ])
    const written = await writes()
    await answerWhatDied(stage.jobs.deps)
    expect(await writes()).toBe(written)
    await fetch(`${stage.github.url}/_emulator/faults`, { method: 'DELETE' })
    await stage.jobs.deps.queue.replay()
    await stage.settled()
    expect(await repliesTo(id)).toEqual([expect.stringContaining('Looked again at')])
  })

  it('is answered then if it was not before', async () => {
    nextHour()
    await stage.fault({ match: '/repos/acme/.github', status: 502 })
    const waive = await post(
      'wanda',
      'payments-api',
      '/golden-path waive catalog-info-valid until 2027-01-31 because no time',
    )
    await dead()
    await fetch(`${stage.github.url}/_emulator/faults`, { method: 'DELETE' })
    expect(await repliesTo(waive.id)).toEqual([])
    await answerWhatDied(stage.jobs.deps)
    expect(await repliesTo(waive.id)).toEqual([expect.stringContaining('This was not finished')])
    await stage.jobs.deps.queue.replay()
    await stage.settled()
    expect(await repliesTo(waive.id)).toEqual([expect.stringContaining('once it is merged')])
    const [pull] = await pullsOf('.github', 'catalog-info-valid')
    await stage.owner.ask('PATCH', `/repos/acme/.github/pulls/${pull?.number}`, { state: 'closed' })
    await stage.settled()
  })
})

describe('on a pull request', () => {
  it('rechecks its head, explains from it, and has nothing to do once it is closed', async () => {
    nextHour()
    const { number, sha } = await stage.as('wanda').propose({
      repository: 'payments-api',
      branch: 'readme',
      message: 'A readme',
      files: { 'README.md': '# Payments\n\nTakes card payments, keeps a ledger and pays out each night.\n' },
    })
    await stage.settled()
    expect(await say('wanda', 'payments-api', 'recheck', number)).toContain(
      `Looked again at \`${sha.slice(0, 7)}\``,
    )
    expect(await say('rita', 'payments-api', 'explain readme-present', number)).toMatch(/^\*\*Passes/)
    expect(await say('rita', 'payments-api', 'explain readme-present')).toMatch(/^\*\*Fails/)
    expect(await say('rita', 'payments-api', 'recheck', number)).toMatch(/needs write access/)
    // What `suggest` found takes the place of what was said first.
    expect(await say('wanda', 'payments-api', 'fix', number)).not.toMatch(/^Working out/)
    await stage.owner.ask('PATCH', `/repos/acme/payments-api/pulls/${number}`, { state: 'closed' })
    expect(await say('wanda', 'payments-api', 'recheck', number)).toMatch(
      /is closed, so there is nothing to do/,
    )
    expect(await say('wanda', 'payments-api', 'fix', number)).toMatch(/is closed, so there is nothing to do/)
  })
})

describe('fix and owner', () => {
  it('open the pull request of fixes, and the reply tells which', async () => {
    nextHour()
    const said = await say('wanda', 'payments-api', 'fix')
    const fixes = await pullsOf('payments-api', 'golden-path/fix')
    expect(fixes).toHaveLength(1)
    expect(said).toContain(`#${fixes[0]?.number}`)
    await say('wanda', 'payments-api', 'owner @acme/payments')
    expect(await pullsOf('payments-api', 'golden-path/fix')).toHaveLength(1)
  })
})

describe('a waiver', () => {
  const reason = 'the *terminal* is switched off then, @acme/all: # "no" \u202egolo'

  it('becomes one pull request on the policy repository, changed by a second command, and holds once merged', async () => {
    nextHour()
    const first = await say(
      'wanda',
      'payments-api',
      `waive owner-exists until 31 March 2027 because ${reason}`,
    )
    const [pull] = await pullsOf('.github', 'golden-path/waive')
    if (!pull) throw new Error('No pull request was opened')
    expect(first).toContain(`[\`acme/.github\` #${pull.number}](`)
    expect(first).toContain('`@acme/security` decides')
    expect(pull.title).toBe('Waive owner-exists for payments-api until 31 March 2027')
    expect(pull.body).toContain('`@wanda` asks to waive')
    expect(pull.body.replace(/`[^`]*`/g, '')).not.toContain('@')
    const written = await fileOf('.github', pull.head.ref)
    expect(written.startsWith(waiversText)).toBe(true)
    expect(written.slice(waiversText.length)).toBe(`  - repository: payments-api
    control: owner-exists
    until: 2027-03-31
    reason: "the *terminal* is switched off then, @acme/all: # \\"no\\" golo"
    approved-by: "@acme/security"
`)

    const second = await say(
      'wanda',
      'payments-api',
      'waive owner-exists until 2027-04-30 because a month more',
    )
    expect(second).toContain(`#${pull.number}](`)
    expect(await pullsOf('.github', 'golden-path/waive')).toHaveLength(1)
    expect(await fileOf('.github', pull.head.ref)).toContain('until: 2027-04-30\n    reason: "a month more"')

    await stage.as('sam').merge('.github', pull.number)
    await stage.settled()
    expect(await say('rita', 'payments-api', 'explain owner-exists')).toMatch(
      /^\*\*Waived\*\*[\s\S]*a month more/,
    )
    expect(
      await say('wanda', 'payments-api', 'waive owner-exists until 2027-04-30 because a month more'),
    ).toMatch(/^The policy says so already\. Nothing was done\./)

    const renewed = await say(
      'wanda',
      'payments-api',
      'waive owner-exists until 15 May 2027 because two weeks more',
    )
    const [again, more] = await pullsOf('.github', 'golden-path/waive')
    expect(more).toBeUndefined()
    expect(again?.number).not.toBe(pull.number)
    expect(renewed).toContain('changes the waiver of `owner-exists` until 15 May 2027')
    const text = await fileOf('.github', again?.head.ref ?? '')
    expect(text.match(/repository: payments-api/g)).toHaveLength(1)
  })

  it('is not written over what a person changed in it', async () => {
    nextHour()
    await say('wanda', 'payments-api', 'waive readme-present until 2027-01-31 because no time')
    const [pull] = await pullsOf('.github', 'readme-present')
    if (!pull) throw new Error('No pull request was opened')
    const text = `${await fileOf('.github', pull.head.ref)}# Fine by me\n`
    await stage.as('sam').push({
      repository: '.github',
      branch: pull.head.ref,
      message: 'A remark',
      files: { 'golden-path/waivers.yml': text },
    })
    const said = await say(
      'wanda',
      'payments-api',
      'waive readme-present until 2027-02-28 because no time at all',
    )
    expect(said).toMatch(new RegExp(`Nothing was done|pull request ${pull.number}`))
    expect(await fileOf('.github', pull.head.ref)).toBe(text)
    expect(await pullsOf('.github', 'readme-present')).toHaveLength(1)
  })

  it('is one pull request though the answers to its calls were lost', async () => {
    nextHour()
    await stage.fault({ match: 'POST .*/.github/pulls', count: 1, dropAfterWrite: true })
    await stage.fault({ match: 'POST .*/.github/git/refs', count: 1, dropAfterWrite: true })
    const said = await say('wanda', 'site', 'waive owner-exists until 2027-01-31 because of a move')
    const pulls = (await pullsOf('.github', 'owner-exists')).filter(({ title }) => title.includes('site'))
    expect(pulls).toHaveLength(1)
    expect(said).toContain(`#${pulls[0]?.number}`)
  })
})

describe('a waiver that nobody is named to approve', () => {
  it('is a draft that the policy’s own check fails until somebody fills in who does', async () => {
    nextHour()
    await stage.owner.push({ repository: '.github', message: 'Nobody', files: { CODEOWNERS: '# Nobody\n' } })
    await stage.settled()
    const said = await say('wanda', 'site', 'waive readme-present until 2027-01-31 because no time')
    expect(said).toContain('Whoever merges it fills in who approved it.')
    const [pull] = await pullsOf('.github', `waive-${await stage.idOf('site')}-readme`)
    if (!pull) throw new Error('No pull request was opened')
    expect(pull.draft).toBe(true)
    expect(pull.body).toContain('Fill in `approved-by`')
    expect(await conclusionOn(pull)).toBe('failure')
    const text = await fileOf('.github', pull.head.ref)
    await stage.as('sam').push({
      repository: '.github',
      branch: pull.head.ref,
      message: 'I do',
      files: { 'golden-path/waivers.yml': text.replace(/approved-by: #.*/, 'approved-by: "@acme/security"') },
    })
    await stage.settled()
    const [filled] = await pullsOf('.github', pull.head.ref)
    expect(filled && (await conclusionOn(filled))).not.toBe('failure')
  })
})

describe('a waiver whose only approver asks for it', () => {
  it('is not approved in their name', async () => {
    nextHour()
    const waivers = 'golden-path/waivers.yml'
    const own = { CODEOWNERS: `/${waivers} @wanda\n` }
    await stage.owner.push({ repository: '.github', message: 'Wanda', files: own })
    await stage.settled()
    await say('wanda', 'site', 'waive catalog-info-valid until 2027-01-31 because no time')
    const [pull] = await pullsOf('.github', `waive-${await stage.idOf('site')}-catalog`)
    expect(pull).toMatchObject({ draft: true, body: expect.stringContaining('names nobody but who asks') })
    expect(await fileOf('.github', pull?.head.ref ?? '')).not.toContain('@wanda')
    const other = { CODEOWNERS: `/${waivers} @Wanda @sam\n` }
    await stage.owner.push({ repository: '.github', message: 'Sam too', files: other })
    await stage.settled()
    await say('wanda', 'site', 'waive catalog-info-valid until 2027-01-31 because no time')
    expect(await fileOf('.github', pull?.head.ref ?? '')).toContain('approved-by: "@sam"')
  })
})

describe('too many commands', () => {
  it('are answered so often, told of once, then not at all', async () => {
    nextHour()
    const ids: number[] = []
    for (let index = 0; index < mostAnswered.stranger + 1; index++) {
      const { id } = await post('otto', 'site', '/golden-path help')
      ids.push(id)
    }
    for (let index = 0; index < mostAnswered.team + 2; index++) {
      const { id } = await post('rita', 'site', '/golden-path help')
      ids.push(id)
    }
    await stage.settled()
    const bodies = (await stage.thread('site', 1)).map(({ body }) => body)
    const answered = ids.map(id => bodies.find(body => body.includes(`reply:${id} `)))
    const strangers = answered.slice(0, mostAnswered.stranger + 1)
    const team = answered.slice(strangers.length)
    expect(strangers.filter(Boolean)).toHaveLength(mostAnswered.stranger)
    expect(team.filter(body => body?.includes('is a command'))).toHaveLength(mostAnswered.team)
    expect(team.filter(body => body?.includes('which is the limit'))).toHaveLength(1)
    nextHour()
    expect(await say('rita', 'site', 'help')).toContain('is a command')
  })
})

describe('a flood by strangers', () => {
  it('takes no command from a member', async () => {
    nextHour()
    const at = stage.jobs.deps.now().toISOString()
    const repositoryId = await stage.idOf('site')
    await stage.jobs.store.audit.append(
      Array.from({ length: 100 }, (_, comment) => ({
        at,
        repositoryId,
        what: 'commanded',
        detail: { comment: -1 - comment, who: 'stranger', allowed: comment < 5 ? 'carry-out' : 'ignore' },
      })),
    )
    expect((await stage.comment('otto', 'site', 1, '/golden-path help')).replies).toEqual([])
    expect(await say('wanda', 'site', 'help')).toContain('is a command')
  })
})

describe('an issue in a central repository', () => {
  it('is heard for the repository that it is about', async () => {
    nextHour()
    await stage.owner.push({
      repository: '.github',
      message: 'One place for all issues',
      files: { 'golden-path.yml': `${policy}issues: { repository: acme/compliance }\n` },
    })
    await stage.settled()
    const issues = await stage.owner.ask<{ number: number; title: string }[]>(
      'GET',
      '/repos/acme/compliance/issues',
    )
    const ours = issues.find(({ title }) => title.includes('site'))
    if (!ours) throw new Error(`No issue of site among ${issues.map(({ title }) => title).join(', ')}`)
    // It is private: there what was found is told.
    expect(await say('wanda', 'compliance', 'explain owner-exists', ours.number)).toMatch(
      /`paymnts` is no team/,
    )
    expect(await say('rita', 'compliance', 'recheck', ours.number)).toMatch(
      /needs write access to `acme\/site`/,
    )
    expect(await say('wanda', 'compliance', 'recheck', ours.number)).toMatch(/^Looked again at .* fails? \(/)
    await say('wanda', 'compliance', 'fix', ours.number)
    expect(await pullsOf('site', 'golden-path/fix')).toHaveLength(1)
    const other = await stage
      .as('wanda')
      .ask<{ number: number }>('POST', '/repos/acme/compliance/issues', { title: 'Another' })
    expect((await stage.comment('wanda', 'compliance', other.number, '/golden-path help')).replies).toEqual(
      [],
    )
  })
})

interface Pull {
  number: number
  title: string
  body: string
  draft: boolean
  head: { ref: string; sha: string }
}

/** Of the check run that says whether the policy is sound. */
const conclusionOn = async ({ head }: Pull): Promise<string | undefined> => {
  const { check_runs: runs } = await stage.owner.ask<{ check_runs: { name: string; conclusion: string }[] }>(
    'GET',
    `/repos/acme/.github/commits/${head.sha}/check-runs`,
  )
  return runs.find(({ name }) => name === 'Golden Path')?.conclusion
}

/** How often the app asked GitHub for anything; people's own requests are not counted. */
const requests = async (): Promise<number> => {
  const response = await fetch(`${stage.github.url}/_emulator/requests`)
  return ((await response.json()) as { total: number }).total
}

const pullsOf = async (repository: string, branch: string): Promise<Pull[]> =>
  (await stage.owner.ask<Pull[]>('GET', `/repos/acme/${repository}/pulls?state=open&per_page=100`)).filter(
    ({ head }) => head.ref.includes(branch),
  )

const fileOf = async (repository: string, branch: string): Promise<string> => {
  const path = `/repos/acme/${repository}/contents/golden-path/waivers.yml?ref=${encodeURIComponent(branch)}`
  const { content } = await stage.owner.ask<{ content: string }>('GET', path)
  return Buffer.from(content, 'base64').toString()
}

const repliesTo = async (id: number): Promise<string[]> =>
  (await stage.thread('payments-api', 1))
    .map(({ body }) => body)
    .filter(body => body.startsWith(`<!-- golden-path:reply:${id} -->\n`))

const post = (login: string, repository: string, body: string): Promise<{ id: number }> =>
  stage.as(login).ask('POST', `/repos/acme/${repository}/issues/1/comments`, { body })

/** As the delivery of that comment would, when it is wanted after a fault was set. */
const command = async (comment: number, name: 'recheck'): Promise<void> => {
  const repositoryId = await stage.idOf('payments-api')
  await stage.jobs.enqueue([
    {
      kind: 'command',
      key: jobKey.command(repositoryId, comment),
      installationId: stage.github.installations[0]?.id ?? 0,
      repositoryId,
      priority: 'pull-request',
      reason: { why: 'comment' },
      issue: 1,
      isPullRequest: false,
      comment,
      author: { login: 'wanda', id: stage.github.world.account('wanda')?.databaseId ?? 0 },
      command: { name },
    },
  ])
  await stage.settled()
}

let hours = 0
/** The limit on commands is one test's matter. 61 minutes each: the first 23 are one day. */
const nextHour = (): void => {
  hours += 1
  stage.jobs.setClock(new Date(Date.parse('2026-11-22T00:00:00Z') + hours * 61 * 60_000).toISOString())
}
