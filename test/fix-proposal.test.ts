import { describe, expect, it } from 'vitest'
import type { Control, FileEdit, Fix } from '../src/controls/control.ts'
import { fail, pass } from '../src/controls/control.ts'
import { builtInControls } from '../src/controls/index.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { fixableControls } from '../src/policy/fixable.ts'
import { parsePolicy } from '../src/policy/parse.ts'
import type { Policy } from '../src/policy/policy.ts'
import { known, type Snapshot, unknown } from '../src/snapshot/snapshot.ts'
import {
  differences,
  everything,
  now,
  policyAsking,
  propose,
  repositoryWith,
  textAt,
} from './support/repair.ts'
import { component } from './support/snapshot.ts'

/** A control that wants a file to hold a word, and writes what it is given. */
const wanting = (
  id: string,
  path: string,
  word: string,
  fix?: Partial<Fix> & { edits: FileEdit[] },
): Control => ({
  id,
  title: `${id} kept`,
  why: 'It is wanted.',
  satisfies: {},
  reads: { files: [path], facts: [] },
  check: snapshot =>
    textAt(snapshot, path).includes(word)
      ? pass('It is there.')
      : fail({ message: `${path} lacks ${word}.`, next: `Write ${word} into ${path}` }),
  ...(fix ? { fix: () => ({ why: 'Writes it.', ...fix }) } : {}),
})

const asking = (...controls: Control[]): Policy =>
  policyOf(controls.map(({ id }) => `${id}: enforce`).join(', '), controls)

const policyOf = (require: string, controls: readonly Control[], more = ''): Policy => {
  const parsed = parsePolicy(
    [
      {
        path: 'golden-path.yml',
        text: `version: 1\nrules:\n  - name: R\n    require: { ${require} }\n${more}`,
      },
    ],
    { version: 'test', library: new Map(controls.map(control => [control.id, control])) },
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.policy
}

const to = (path: string, text: string): FileEdit => ({ path, text })

describe('a proposal of fixes', () => {
  it('has nothing to do where everything passes', async () => {
    const snapshot = await repositoryWith({ 'a.txt': 'one' })
    expect(await propose(snapshot, asking(wanting('one', 'a.txt', 'one')))).toMatchObject({
      edits: [],
      parts: [],
      settings: [],
      left: [],
      notFixed: [],
      after: { conclusion: 'success' },
    })
  })

  it('follows a team to its new name in the catalogue and in CODEOWNERS at once, where each alone would contradict the other', async () => {
    const snapshot = await repositoryWith({
      'catalog-info.yaml': component('pay', 'paymnts'),
      CODEOWNERS: '* @acme/paymnts\n',
    })
    const { edits, notFixed } = await propose(
      snapshot,
      policyAsking('owner-exists: enforce, codeowners-valid: enforce, ownership-agrees: enforce'),
    )
    expect(differences(snapshot, edits)).toEqual({
      'catalog-info.yaml': ['-8   owner: paymnts', '+8   owner: payments'],
      CODEOWNERS: ['-1 * @acme/paymnts', '+1 * @acme/payments'],
    })
    expect(notFixed).toEqual([])
  })

  it('puts two fixes of one file on top of each other', async () => {
    const snapshot = await repositoryWith({
      'catalog-info.yaml': component('pay', 'paymnts'),
      'mkdocs.yml': 'site_name: Pay\n',
      'docs/index.md': '# Pay\n',
    })
    const { edits, parts, notFixed, after } = await propose(
      snapshot,
      policyAsking('owner-exists: enforce, techdocs: advise'),
    )
    expect(differences(snapshot, edits)).toEqual({
      'catalog-info.yaml': [
        '+5   annotations:',
        '+6     backstage.io/techdocs-ref: dir:.',
        '-8   owner: paymnts',
        '+10   owner: payments',
      ],
    })
    expect(parts.map(({ control, level, paths }) => [control, level, paths])).toEqual([
      ['owner-exists', 'enforce', ['catalog-info.yaml']],
      ['techdocs', 'advise', ['catalog-info.yaml']],
    ])
    expect(notFixed).toEqual([])
    expect(after.conclusion).toBe('success')
  })

  it('tells which other controls pass by the same edit', async () => {
    const snapshot = await repositoryWith({
      'catalog-info.yaml': component('pay', 'xxxxxxxxxx'),
      CODEOWNERS: '* @acme/payments\n',
    })
    const { parts } = await propose(snapshot, policyAsking('owner-exists: enforce, ownership-agrees: advise'))
    expect(parts).toEqual([
      expect.objectContaining({
        control: 'owner-exists',
        also: [{ control: 'ownership-agrees', title: 'Ownership agrees' }],
      }),
    ])
  })

  it('drops a fix that would break another control, and says which', async () => {
    const snapshot = await repositoryWith({ 'a.txt': 'one' })
    const { edits, notFixed, after } = await propose(
      snapshot,
      asking(wanting('one', 'a.txt', 'one'), wanting('two', 'a.txt', 'two', { edits: [to('a.txt', 'two')] })),
    )
    expect(edits).toEqual([])
    expect(notFixed).toEqual([
      {
        control: 'two',
        title: 'two kept',
        why: 'Its fix was tried and would break "one kept": a.txt lacks one.',
      },
    ])
    expect(after.conclusion).toBe('failure')
  })

  it('drops a fix that does not suffice', async () => {
    const snapshot = await repositoryWith({ 'a.txt': '' })
    const { edits, notFixed } = await propose(
      snapshot,
      asking(wanting('one', 'a.txt', 'one', { edits: [to('a.txt', 'on')] })),
    )
    expect(edits).toEqual([])
    expect(notFixed[0]?.why).toBe('Its fix was tried and does not suffice: a.txt lacks one.')
  })

  it.each([
    '.git/config',
    'a/.GIT/hooks/x',
    '../x',
    '/etc/passwd',
    'a//b',
    'a/./b',
    'a\\b',
    'a\u0000b',
    'link',
    'link/below',
    'module',
    'module/x',
    'README.md/x',
    'unread.txt',
    'binary.txt',
  ])('never writes %j', async path => {
    const told = await repositoryWith({ 'README.md': '# Hello\n' })
    const snapshot: Snapshot = {
      ...told,
      files: {
        ...told.files,
        'binary.txt': unknown('binary', 'binary.txt is not a text file'),
        link: unknown('symbolic-link', 'link is a symbolic link'),
      },
      tree: known(
        [
          { path: 'README.md', type: 'blob', mode: '100644' },
          { path: 'link', type: 'blob', mode: '120000' },
          { path: 'module', type: 'commit', mode: '160000' },
          { path: 'unread.txt', type: 'blob', mode: '100644' },
          { path: 'binary.txt', type: 'blob', mode: '100644' },
        ],
        'test',
      ),
    }
    const control = wanting('one', path, 'one', { edits: [to(path, 'one')] })
    const { edits, notFixed } = await propose(snapshot, asking(control))
    expect(edits).toEqual([])
    expect(notFixed[0]?.why).toMatch(/which is no file that a proposal may change\.$/)
  })

  it('where nobody knows what is there, it writes only what was read', async () => {
    const told = await repositoryWith({ 'a.txt': '' })
    const snapshot: Snapshot = {
      ...told,
      tree: unknown('partial-answer', 'The list of files was not asked for'),
    }
    const control = (path: string) => asking(wanting('one', path, 'one', { edits: [to(path, 'one')] }))
    expect((await propose(snapshot, control('a.txt'))).edits).toEqual([to('a.txt', 'one')])
    expect((await propose(snapshot, control('b.txt'))).edits).toEqual([])
  })

  it('proves lines that are left with stand-ins, and lets no other fix touch the file', async () => {
    const snapshot = await repositoryWith({ 'a.txt': '' })
    const left = [{ path: 'a.txt', line: 1, field: 'spec.owner', candidates: ['payments'] }]
    const proposal = await propose(
      snapshot,
      asking(
        wanting('one', 'a.txt', 'one', {
          edits: [to('a.txt', '# ?\n')],
          proof: [to('a.txt', 'one\n')],
          left,
        }),
        wanting('two', 'a.txt', 'two', { edits: [to('a.txt', 'one\ntwo\n')] }),
      ),
    )
    expect(proposal.edits).toEqual([to('a.txt', '# ?\n')])
    expect(proposal.left).toEqual(left)
    expect(proposal.parts.map(({ control }) => control)).toEqual(['one'])
    expect(proposal.notFixed.map(({ why }) => why)).toEqual([
      'Its fix changes "a.txt" as well: it is offered again when line 1 is filled in and merged.',
    ])
    expect(proposal.after.controls.map(({ status }) => status)).toEqual(['pass', 'fail'])
  })

  it('makes nothing of what stands in for an answer', async () => {
    const snapshot = await repositoryWith({ 'a.txt': '', 'b.txt': '' })
    const copying: Control = {
      ...wanting('two', 'b.txt', 'o'),
      fix: on => ({ why: 'Copies it.', edits: [to('b.txt', textAt(on, 'a.txt'))] }),
    }
    const first = wanting('one', 'a.txt', 'one', {
      edits: [to('a.txt', '# one of two?\n')],
      proof: [to('a.txt', 'one\n')],
      left: [{ path: 'a.txt', line: 1, field: 'spec.owner', candidates: [] }],
    })
    const { edits, notFixed } = await propose(snapshot, asking(first, copying))
    expect(edits.map(({ path }) => path)).toEqual(['a.txt'])
    expect(notFixed.map(({ control }) => control)).toEqual(['two'])
  })

  it('writes a first catalogue file, leaves its owner open, and names nobody elsewhere', async () => {
    const snapshot = await repositoryWith({ 'README.md': '# Pay\n', Dockerfile: 'FROM node:24\n' })
    const policy = policyAsking(
      'catalog-info-valid: enforce, owner-exists: enforce, codeowners-valid: advise',
    )
    const open = await propose(snapshot, policy)
    expect(open.edits.map(({ path }) => path)).toEqual(['catalog-info.yaml'])
    expect(open.left.map(({ field }) => field)).toContain('spec.owner')
    expect(open.parts).toEqual([
      expect.objectContaining({
        control: 'catalog-info-valid',
        also: [{ control: 'owner-exists', title: 'Owner exists' }],
      }),
    ])
    const named = await propose(snapshot, policy, { owner: 'payments' })
    expect(named.edits.find(({ path }) => path === 'catalog-info.yaml')?.text).toMatch(
      /^ {2}owner: payments\b/m,
    )
    expect(named.left.map(({ field }) => field)).not.toContain('spec.owner')
    const unlisted: Snapshot = { ...snapshot, tree: unknown('partial-answer', 'The list was not asked for') }
    const { edits, before } = await propose(unlisted, policy)
    expect(edits).toEqual([])
    expect(fixableControls(unlisted, policy, before).get('catalog-info-valid')?.unread).toBe(true)
  })

  it('tells settings, which no file changes', async () => {
    const snapshot = await repositoryWith({}, { facts: { twoFactor: false } })
    const { edits, settings, notFixed } = await propose(
      snapshot,
      policyAsking('two-factor-required: enforce'),
    )
    expect({ edits, notFixed }).toEqual({ edits: [], notFixed: [] })
    expect(settings).toEqual([
      {
        control: 'two-factor-required',
        title: 'Two factors required',
        steps: [
          {
            change: 'Tick "Require two-factor authentication for everyone"',
            path: ['Settings', 'Authentication security'],
            page: 'settings/security',
            of: 'organisation',
          },
        ],
      },
    ])
  })

  it('asks for access where a team that is there may not write', async () => {
    const source = '* @acme/payments'
    const snapshot = await repositoryWith(
      { CODEOWNERS: `${source}\n` },
      {
        facts: {
          codeownersErrors: [
            { line: 1, column: 3, source, kind: 'Unknown owner', path: 'CODEOWNERS', message: 'x' },
          ],
        },
      },
    )
    const { edits, settings } = await propose(snapshot, policyAsking('codeowners-valid: enforce'))
    expect(edits).toEqual([])
    expect(settings.flatMap(({ steps }) => steps)).toEqual([
      {
        change: 'Give @acme/payments the role Write, or name another owner',
        path: ['Settings', 'Collaborators and teams'],
        page: 'settings/access',
      },
    ])
  })

  it('leaves alone what is observed, waived or unknown, and outlives a fix that throws', async () => {
    const snapshot = await repositoryWith({ 'a.txt': '' })
    const write = { edits: [to('a.txt', 'one')] }
    const policy = policyOf(
      'seen: observe, excused: enforce, thrown: enforce',
      [
        wanting('seen', 'a.txt', 'one', write),
        wanting('excused', 'a.txt', 'one', write),
        {
          ...wanting('thrown', 'a.txt', 'one'),
          fix: () => {
            throw new Error('no')
          },
        },
      ],
      'waivers:\n  - { repository: payments-api, control: excused, until: 2027-01-31, reason: Later, approved-by: "@acme/platform" }\n',
    )
    const { edits, notFixed, before } = await propose(snapshot, policy)
    expect(before.controls.map(({ id, status }) => [id, status])).toEqual([
      ['seen', 'fail'],
      ['excused', 'waived'],
      ['thrown', 'fail'],
    ])
    expect(edits).toEqual([])
    expect(notFixed).toEqual([
      { control: 'thrown', title: 'thrown kept', why: 'To do by hand: write one into a.txt.' },
    ])
    expect([...fixableControls(snapshot, policy, before).keys()]).toEqual([])
  })

  it('repairs what a repair brings to light, and tells what it cannot', async () => {
    const snapshot = await repositoryWith({
      'catalog-info.yaml': component('pay', 'paymnts', '  description: Pays: cards'),
    })
    const { edits, parts, notFixed } = await propose(
      snapshot,
      policyAsking('catalog-info-valid: enforce, owner-exists: enforce, system-declared: advise'),
    )
    expect(differences(snapshot, edits)).toEqual({
      'catalog-info.yaml': [
        '-5   description: Pays: cards',
        '+5   description: "Pays: cards"',
        '-9   owner: paymnts',
        '+9   owner: payments',
      ],
    })
    expect(parts.map(({ control }) => control)).toEqual(['catalog-info-valid', 'owner-exists'])
    expect(notFixed).toEqual([
      {
        control: 'system-declared',
        title: 'System declared',
        why: expect.stringMatching(/^It could not be judged before these changes\. /),
      },
    ])
  })

  it('copies a file of the policy repository, once its text is there', async () => {
    const text = `version: 1
rules:
  - name: R
    require: { logging: enforce }
controls:
  logging:
    title: Logging configured
    why: Somebody asks later.
    require:
      - file: logging.yaml
        where: doc.days >= 365
        message: Keep logs for a year.
    fix: { copy: skeletons/logging.yaml, to: logging.yaml }
`
    const parsed = parsePolicy([{ path: 'golden-path.yml', text }], {
      version: 'x',
      library: builtInControls,
    })
    if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
    const snapshot = await repositoryWith({ 'README.md': '# Hello\n' })
    const withoutText: Snapshot = {
      ...snapshot,
      files: { ...snapshot.files, 'logging.yaml': known({ exists: false }, 'test') },
    }
    expect((await propose(withoutText, parsed.policy)).edits).toEqual([])
    const copies = { 'skeletons/logging.yaml': 'days: 365 # a year\n' }
    expect((await propose(withoutText, parsed.policy, { copies })).edits).toEqual([
      to('logging.yaml', 'days: 365 # a year\n'),
    ])
    const tooFew = { 'skeletons/logging.yaml': 'days: 30\n' }
    expect((await propose(withoutText, parsed.policy, { copies: tooFew })).edits).toEqual([])
  })
})

describe('the owner that a person names', () => {
  const owned = (...owners: string[]) =>
    repositoryWith({
      'catalog-info.yaml': owners.map((owner, index) => component(`c${index}`, owner)).join('---\n'),
      CODEOWNERS: '* @acme/payments\n',
    })
  const changes = async (snapshot: Snapshot, owner: string) => {
    const { edits, notFixed, parts } = await propose(snapshot, everything, { owner })
    return {
      edits: differences(snapshot, edits)['catalog-info.yaml'] ?? [],
      why: notFixed.filter(({ control }) => /^owner/.test(control)).map(({ why }) => why),
      told: parts.find(({ control }) => control === 'owner-exists')?.why,
    }
  }

  it.each([
    ['payments', 'payments'],
    ['@acme/payments', 'payments'],
    ['@ACME/Payments', 'Payments'],
    ['group:payments', 'payments'],
    ['group:default/payments', 'payments'],
    ['user:jane', 'user:jane'],
    ['@jane', 'user:jane'],
  ])('%s is written where the owner is gone', async (asked, written) => {
    expect((await changes(await owned('xxxxxxxxxxxx', 'platform'), asked)).edits).toEqual([
      '-8   owner: xxxxxxxxxxxx',
      `+8   owner: ${written}`,
    ])
  })

  it('replaces the one owner that is there, and tells that CODEOWNERS names another', async () => {
    const { edits, why, told } = await changes(await owned('payments', 'payments'), 'search')
    expect(edits).toEqual([
      '-8   owner: payments',
      '+8   owner: search',
      '-17   owner: payments',
      '+17   owner: search',
    ])
    expect(told).toBe('Names "search" as the owner, as was asked for.')
    expect(why).toEqual(['To do by hand: change spec.owner, or line 1 of CODEOWNERS.'])
  })

  it.each([
    ['nobody-here', ['payments'], '"nobody-here" is no team or user of acme.'],
    ['paymnts', ['payments'], '"paymnts" is no team or user of acme; the nearest is "payments".'],
    ['@other/payments', ['payments'], '"@other/payments" is no team or user of acme.'],
    ['pay ments', ['payments'], '"pay ments" is no team or user of acme.'],
    ['payments', ['payments'], '"payments" is the owner already.'],
    [
      'search',
      ['payments', 'platform'],
      'The catalogue names 2 owners ("group:default/payments" and "group:default/platform"), and which of them is to change only its owners know.',
    ],
  ])('%s is refused, with the reason', async (asked, owners, reason) => {
    const { edits, why } = await changes(await owned(...owners), asked)
    expect({ edits, why: why.filter(each => each === reason) }).toEqual({ edits: [], why: [reason] })
  })

  it('is not believed while nobody knows who there is', async () => {
    const { edits, notFixed } = await propose(
      await owned('payments'),
      policyAsking('owner-exists: enforce'),
      {
        owner: 'search',
        directory: unknown('permission', 'The teams of acme can’t be read'),
      },
    )
    expect(edits).toEqual([])
    expect(notFixed.map(({ why }) => why)).toEqual([
      'Whether group:default/search exists was not asked for a proposal.',
    ])
  })
})

describe('what is fixable', () => {
  it('is told in the order of the verdict, of what advises or enforces', async () => {
    const snapshot = await repositoryWith(
      { 'catalog-info.yaml': component('pay', 'paymnts') },
      { facts: { twoFactor: false } },
    )
    const policy = policyAsking(
      'two-factor-required: advise, owner-exists: enforce, codeowners-valid: observe',
    )
    const fixable = fixableControls(snapshot, policy, evaluate(snapshot, policy, now))
    expect([...fixable.keys()]).toEqual(['owner-exists', 'two-factor-required'])
    expect(fixable.get('owner-exists')?.edits.map(({ path }) => path)).toEqual(['catalog-info.yaml'])
  })
})
