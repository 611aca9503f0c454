import { describe, expect, it } from 'vitest'
import { codeownersValid } from '../../src/controls/codeowners-valid.ts'
import { type CodeownersError, known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const outcomeOf = async (
  files: SnapshotParts['files'],
  errors?: CodeownersError[],
  accounts: Snapshot['accounts'] = {},
): Promise<string[]> =>
  told(
    checked(
      codeownersValid,
      await snapshotOf({
        files,
        accounts,
        facts: { codeownersErrors: errors ?? unknown('offline', 'GitHub was not asked') },
      }),
    ),
  )

const error = (
  line: number,
  column: number,
  kind: string,
  source: string,
  message: string,
): CodeownersError => ({
  line,
  column,
  kind,
  source,
  path: 'CODEOWNERS',
  message,
})

const nobody = error(
  2,
  6,
  'Unknown owner',
  '/api @acme/pay',
  'Unknown owner on line 2: make sure the team exists\n\n  /api',
)

controlTable(codeownersValid, {
  pass: {
    'a rule for every file': {
      files: { CODEOWNERS: '* @acme/payments\n' },
      facts: { codeownersErrors: [] },
      says: 'CODEOWNERS: 1 rule, and every owner exists and may write. Every file has an owner unless a later rule takes it away.',
    },
  },
  fail: {
    'no file': {
      facts: { codeownersErrors: [] },
      says: 'There is no CODEOWNERS file in .github, at the root or in docs. Expected one, so that a change is reviewed by those who answer for it.',
    },
  },
  unknown: {
    'a file that was withheld': {
      files: { '.github/CODEOWNERS': unknown('permission', 'The app may not read contents') },
      facts: { codeownersErrors: [] },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': 'Every repository can name who reviews its changes.',
})

describe('codeowners-valid', () => {
  it.each<[string, SnapshotParts['files'], CodeownersError[] | undefined, string[]]>([
    [
      'passes, and says that no rule covers every file',
      { '.github/CODEOWNERS': '/src/ @a\n/docs/ @b\n' },
      [],
      [
        'pass .github/CODEOWNERS: 2 rules, and every owner exists and may write. No rule covers every file: a line that begins with * would.',
      ],
    ],
    [
      'fails without a rule',
      { CODEOWNERS: '# nobody yet\n' },
      [],
      ['fail CODEOWNERS:1 CODEOWNERS holds no rule. Expected at least one, such as * @acme/payments.'],
    ],
    [
      'fails on syntax even when GitHub was not asked',
      { CODEOWNERS: '* payments\n!a @b\n' },
      undefined,
      [
        'fail CODEOWNERS:1:3 "payments" is no owner. Expected @user, @organisation/team or an e-mail address; perhaps "@payments".',
        'fail CODEOWNERS:2:1 "!a" begins with "!". Expected a pattern to own: CODEOWNERS can\'t exclude; name the path on a later line, without owners.',
      ],
    ],
    [
      'fails on what only GitHub knows',
      { CODEOWNERS: '* @a\n/api @acme/pay\n' },
      [nobody],
      [
        'fail CODEOWNERS:2:6 "@acme/pay" doesn\'t exist, or may not write to this repository. Expected a team or user with write access.',
      ],
    ],
    [
      'says one thing of a line that both dislike',
      { CODEOWNERS: '* payments\n/api @acme/pay\n' },
      [error(1, 3, 'Invalid owner', '* payments', 'Invalid owner on line 1:'), nobody],
      [
        'fail CODEOWNERS:1:3 "payments" is no owner. Expected @user, @organisation/team or an e-mail address; perhaps "@payments".',
        'fail CODEOWNERS:2:6 "@acme/pay" doesn\'t exist, or may not write to this repository. Expected a team or user with write access.',
      ],
    ],
    [
      "fails with GitHub's words on an error of a kind we don't know",
      { CODEOWNERS: '* @a\n' },
      [error(1, 1, 'New kind', '* @a', 'Something new on line 1:\n  * @a')],
      ['fail CODEOWNERS:1:1 GitHub says of line 1: Something new on line 1.'],
    ],
    [
      'fails on a merge conflict',
      { CODEOWNERS: '<<<<<<< HEAD\n* @a\n' },
      [],
      ['fail CODEOWNERS:1:1 A merge conflict was committed here. Expected one version; resolve it.'],
    ],
    [
      'fails on a line that holds only an owner',
      { CODEOWNERS: '@acme/payments\n' },
      [],
      [
        'fail CODEOWNERS:1:1 The line holds only "@acme/payments", which GitHub takes for a path without owners. Expected a pattern first: * @acme/payments.',
      ],
    ],
    [
      'leaves an oddly written user to GitHub',
      { CODEOWNERS: '* @jane.doe\n' },
      [],
      [
        'pass CODEOWNERS: 1 rule, and every owner exists and may write. Every file has an owner unless a later rule takes it away.',
      ],
    ],
    [
      'does not know whether owners exist when GitHub was not asked',
      { CODEOWNERS: '* @acme/payments\n' },
      undefined,
      [
        "unknown CODEOWNERS is well written; whether its owners exist and may write can't be known: GitHub was not asked.",
      ],
    ],
    [
      "fails on a file that is too large, because that is the repository's doing",
      { '.github/CODEOWNERS': unknown('too-large', '.github/CODEOWNERS has 4 MiB') },
      [],
      ['fail .github/CODEOWNERS .github/CODEOWNERS has 4 MiB.'],
    ],
  ])('%s', async (_name, files, errors, expected) => {
    expect(await outcomeOf(files, errors)).toEqual(expected)
  })

  it('fails on a team that the directory does not hold, with the nearest, offline too', async () => {
    const accounts = { '@acme/pay': known({ exists: false, nearest: '@acme/payments' }, 'directory') }
    expect(await outcomeOf({ CODEOWNERS: '* @acme/Pay\n' }, undefined, accounts)).toEqual([
      'fail CODEOWNERS:1:3 "@acme/Pay" doesn\'t exist, or may not write to this repository. Expected a team or user with write access; the nearest is "@acme/payments".',
    ])
  })

  it('counts the files without an owner when it knows them', async () => {
    const snapshot = await snapshotOf({
      files: { CODEOWNERS: '/src/ @a\n/src/vendor/\n' },
      facts: { codeownersErrors: [] },
      tree: ['src/a.ts', 'src/vendor/b.ts', 'README.md'],
    })
    expect(told(checked(codeownersValid, snapshot))).toEqual([
      'pass CODEOWNERS: 2 rules, and every owner exists and may write. 2 of 3 files have none: src/vendor/b.ts and README.md.',
    ])
  })
})
