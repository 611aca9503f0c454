import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { component, goldenPath, workingCopy } from './command.ts'

const policy = `version: 1
controls:
  audit:
    title: Audit events are kept
    why: W
    require:
      - file: a.yaml
        where: doc.days >= 365
        message: Keep them {{ 365 - doc.days }} days longer.
  images:
    title: Images pinned
    why: W
    for-each: component
    require:
      - { file: Dockerfile, where: 'doc.from.all(image, image.digest != "")', message: Pin it. }
  reviewed:
    title: Reviewed
    why: W
    require:
      - { repository: 'protection.requiredApprovals >= 1 && alerts.all(a, a.ageDays < 8)', message: Ask for it. }
`

const cases = (control: string, ...lines: string[]): string =>
  `control: ${control}\ncases:\n${lines.map(line => `  - ${line}\n`).join('')}`

describe('golden-path policy test', () => {
  it('runs each case, of own and built-in controls, and exits 0 when all came as expected', async () => {
    const root = await workingCopy({
      'golden-path.yml': policy,
      'golden-path-tests/1.yml': cases(
        'audit',
        '{ name: Too short, files: { a.yaml: "days: 30" }, expect: fail, message: 335 days longer }',
        '{ name: Long enough, files: { a.yaml: "days: 400" }, expect: pass }',
      ),
      'golden-path-tests/2.yml': cases(
        'images',
        '{ name: In a directory, directory: repo, expect: fail, message: "payments-api: Pin it." }',
        '{ name: No component, files: { Dockerfile: FROM a }, expect: not-applicable }',
      ),
      'golden-path-tests/repo/catalog-info.yaml': component,
      'golden-path-tests/repo/Dockerfile': 'FROM node:24\n',
      'golden-path-tests/3.yml': cases(
        'reviewed',
        '{ name: Old alert, protection: { requiredApprovals: 1 }, alerts: [{ severity: low, package: a, ageDays: 8 }], expect: fail }',
        '{ name: New alert, protection: { requiredApprovals: 1 }, alerts: [{ severity: low, package: a, ageDays: 7 }], expect: pass }',
        '{ name: Nobody told, alerts: [], expect: unknown }',
      ),
      'golden-path-tests/4.yml': cases(
        'owner-exists',
        `{ name: Nobody, files: { catalog-info.yaml: ${JSON.stringify(component)} }, accounts: [], expect: fail }`,
        `{ name: Somebody, files: { catalog-info.yaml: ${JSON.stringify(component)} }, accounts: ["group:default/payments"], expect: pass }`,
      ),
    })
    const { code, out, err } = await goldenPath('policy', 'test', root)
    expect({ code, err, last: out.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      err: '',
      last: '9 cases: 9 as expected, 0 not.',
    })
    expect(out).toContain('ok     audit: Too short: fail, Keep them 335 days longer.\n')
  })

  it('exits 1 and says what came instead, and where the case is', async () => {
    const root = await workingCopy({
      'golden-path.yml': policy,
      'golden-path-tests/1.yml': cases(
        'audit',
        '{ name: A, files: { a.yaml: "days: 30" }, expect: pass }',
        '{ name: B, files: { a.yaml: "days: 30" }, expect: fail, message: something else }',
      ),
    })
    const file = join(root, 'golden-path-tests/1.yml')
    const { code, out } = await goldenPath('policy', 'test', file)
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      `wrong  audit: A: expected pass, came fail, Keep them 335 days longer. (${file}:3)`,
      `wrong  audit: B: expected fail with "something else", came fail, Keep them 335 days longer. (${file}:4)`,
      '2 cases: 0 as expected, 2 not.',
      '',
    ])
  })

  it('exits 2 and places every mistake in a file of cases', async () => {
    const root = await workingCopy({
      'golden-path.yml': policy,
      'golden-path-tests/1.yml': cases(
        'audit',
        '{ name: A, fils: {}, expect: pass }',
        '{ name: B, expect: passes }',
      ),
      'golden-path-tests/2.yml': cases('audti', '{ name: A, expect: pass }'),
      'golden-path-tests/3.yml': cases(
        'default-branch-protected',
        '{ name: A, expect: pass, files: { ../a: x }, directory: b, parameters: { aprovals: 1 } }',
        '{ name: B, expect: pass, facts: { twoFacter: true }, parameters: { approvals: many } }',
      ),
    })
    const { code, err } = await goldenPath('policy', 'test', join(root, 'golden-path.yml'))
    expect(code).toBe(2)
    const said = err
      .trim()
      .split('\n')
      .map(line => line.replace(join(root, 'golden-path-tests/'), ''))
    expect(said[0]).toMatch(
      /^1\.yml:3:16: "fils" is no key of a case\. Expected .*; the nearest is "files"\.$/,
    )
    expect(said[1]).toMatch(/^1\.yml:4:24: /)
    expect(said[2]).toBe(
      '2.yml:1:10: "audti" is no control of the policy or the library; the nearest is "audit".',
    )
    expect(said.slice(3).map(line => line.split(' ').slice(0, 5).join(' '))).toEqual([
      '3.yml:3:50: A case has "files"',
      '3.yml:3:39: "../a" is no path',
      '3.yml:3:78: "aprovals" is no parameter',
      '3.yml:4:39: "twoFacter" is no fact.',
      '3.yml:4:72: "approvals" can\'t be that.',
    ])
  })

  it.each<[string, Record<string, string>, string]>([
    [
      'the policy has a mistake',
      { 'golden-path.yml': 'version: 2\n', 'golden-path-tests/a.yml': 'x' },
      'Version 2',
    ],
    ['there are no cases', { 'golden-path.yml': policy }, 'There are no cases'],
    ['there is no policy', { 'golden-path-tests/a.yml': 'x' }, 'There is no policy file'],
    [
      'a directory is not there',
      {
        'golden-path.yml': policy,
        'golden-path-tests/a.yml': cases('audit', '{ name: A, directory: nowhere, expect: pass }'),
      },
      'nowhere',
    ],
  ])('exits 2 when %s', async (_, files, expected) => {
    const { code, err } = await goldenPath('policy', 'test', await workingCopy(files))
    expect(code).toBe(2)
    expect(err).toContain(expected)
  })

  it('runs the cases of docs/policy.md', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8')
    const block = (mark: string, holds: string): string =>
      [...page.matchAll(/^```yaml (.*)\n([\s\S]*?)^```$/gm)].find(
        ([, name, text]) => name === mark && text?.includes(holds),
      )?.[2] ?? ''
    const root = await workingCopy({
      'golden-path.yml': block('golden-path.yml', 'pci-audit-logging:\n    title'),
      'golden-path-tests/audit.yml': block('cases', 'control:'),
    })
    const { code, out } = await goldenPath('policy', 'test', root)
    expect(out).toContain('2 cases: 2 as expected, 0 not.')
    expect(code).toBe(0)
  })
})
