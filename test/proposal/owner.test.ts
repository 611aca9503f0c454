import { describe, expect, it } from 'vitest'
import { answer, proposed, type Told } from './repository.ts'

const teams = (...list: [slug: string, permission: 'read' | 'write' | 'maintain' | 'admin'][]) =>
  list.map(([slug, permission]) => ({ slug, permission }))
const works = (login: string, done: number, ...of: string[]) => ({
  login,
  authored: done,
  reviewed: 0,
  teams: of,
})
const codeowners = (...lines: string[]) => ({ '.github/CODEOWNERS': `${lines.join('\n')}\n` })

const table: [what: string, owner: string, told: Partial<Told>][] = [
  ['nobody named', 'left: ', {}],
  ['CODEOWNERS for all', 'payments', { files: codeowners('* @acme/payments'), exist: ['@acme/payments'] }],
  ['in capitals', 'payments', { files: codeowners('* @Acme/Payments'), exist: ['@acme/payments'] }],
  [
    'a team that does not exist',
    'left: ',
    { files: codeowners('* @acme/payments'), gone: ['@acme/payments'] },
  ],
  ['a team that nobody could be asked about', 'left: payments', { files: codeowners('* @acme/payments') }],
  [
    "another organisation's team",
    'left: ',
    { files: codeowners('* @other/payments'), exist: ['@other/payments'] },
  ],
  [
    'everybody for every file',
    'left: engineering',
    { files: codeowners('* @acme/engineering'), exist: ['@acme/engineering'] },
  ],
  [
    'CODEOWNERS against all that is done',
    'left: checkout, identity, user:eve',
    {
      files: codeowners('* @acme/identity'),
      exist: ['@acme/identity'],
      activity: {
        teams: teams(['checkout', 'admin']),
        people: [works('eve', 20, 'checkout')],
        pullRequests: 20,
      },
    },
  ],
  ['only a person', 'left: user:jane', { files: codeowners('* @jane'), exist: ['@jane'] }],
  [
    'a rule for most of the files',
    'shop',
    {
      files: codeowners('* @acme/shop', '/docs/ @acme/writers'),
      exist: ['@acme/shop', '@acme/writers'],
      paths: ['a.go', 'b.go', 'c.go', 'd.go', 'docs/a.md'],
    },
  ],
  [
    'two teams for every file',
    'left: shop, search',
    { files: codeowners('* @acme/shop @acme/search'), exist: ['@acme/shop', '@acme/search'] },
  ],
  [
    'the later rule for all',
    'search',
    { files: codeowners('* @acme/shop', '* @acme/search'), exist: ['@acme/shop', '@acme/search'] },
  ],
  [
    'the only team that may maintain',
    'payments',
    { activity: { teams: teams(['payments', 'maintain'], ['everyone', 'read']) } },
  ],
  [
    'two teams that may administer',
    'left: payments, search',
    { activity: { teams: teams(['payments', 'admin'], ['search', 'admin']) } },
  ],
  [
    'one writes and another reads',
    'left: payments, search',
    { activity: { teams: teams(['payments', 'write'], ['search', 'read']) } },
  ],
  ['everybody may administer', 'left: engineering', { activity: { teams: teams(['engineering', 'admin']) } }],
  [
    'permission and work agree',
    'payments',
    {
      activity: {
        teams: teams(['payments', 'write'], ['platform', 'admin']),
        people: [works('ada', 9, 'payments')],
        pullRequests: 9,
      },
    },
  ],
  [
    'permission and work disagree',
    'left: platform, payments, user:ada',
    {
      activity: {
        teams: teams(['platform', 'admin']),
        people: [works('ada', 9, 'payments')],
        pullRequests: 9,
      },
    },
  ],
  [
    'CODEOWNERS against the right to administer',
    'payments',
    {
      files: codeowners('* @acme/payments'),
      exist: ['@acme/payments'],
      activity: { teams: teams(['platform', 'admin']) },
    },
  ],
  [
    'a topic',
    'payments',
    {
      facts: { topics: ['team-payments'] },
      activity: { teams: teams(['payments', 'write'], ['search', 'write']) },
    },
  ],
  [
    'a topic for a team that is not there',
    'left: search',
    { facts: { topics: ['team-payments'] }, activity: { teams: teams(['search', 'read']) } },
  ],
  [
    'a custom property',
    'payments',
    { facts: { properties: { owner: 'Payments' } }, exist: ['group:default/payments'] },
  ],
  [
    'README.md and the right to write',
    'payments',
    {
      files: { 'README.md': '# Shop\n\nMaintained by @acme/payments.\n' },
      activity: { teams: teams(['payments', 'write'], ['search', 'write']) },
    },
  ],
]

describe('owner', () => {
  it.each(table)('%s: %s', async (_, owner, { files = {}, ...told }) => {
    expect(
      answer(
        await proposed({ name: 'thing', files: { 'go.mod': 'module x', ...files }, ...told }),
        'spec.owner',
      ),
    ).toBe(owner)
  })

  it('of a part is who owns its directory', async () => {
    const proposal = await proposed({
      name: 'shop',
      files: {
        'services/pay/go.mod': '',
        'services/mail/go.mod': '',
        ...codeowners('* @acme/shop', '/services/pay/ @acme/payments'),
      },
      exist: ['@acme/shop', '@acme/payments'],
    })
    expect(answer(proposal, 'spec.owner', 'pay')).toBe('payments')
    expect(answer(proposal, 'spec.owner', 'mail')).toBe('shop')
    expect(Object.keys(proposal.accounts)).toEqual(['group:default/shop', 'group:default/payments'])
  })

  it('says where it is from, and what speaks against it', async () => {
    const { guesses } = await proposed({
      files: { 'go.mod': '', ...codeowners('* @acme/payments') },
      exist: ['@acme/payments'],
      activity: { teams: teams(['platform', 'admin']) },
    })
    expect(guesses.find(({ field }) => field === 'spec.owner')).toMatchObject({
      value: 'payments',
      evidence:
        '.github/CODEOWNERS:1 gives it all of the files; but it is the only team that may write, and has the permission admin, which speaks for platform.',
      candidates: ['platform'],
    })
  })
})
