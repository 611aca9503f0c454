import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { component, goldenPath, workingCopy } from './command.ts'

const sound = { 'catalog-info.yaml': component, '.github/CODEOWNERS': '* @acme/payments\n' }
const broken = { ...sound, 'catalog-info.yaml': component.replace('payments-api', 'payments api') }

const policy = `version: 1
rules:
  - name: Services
    require: { catalog-info-valid: enforce, logging: enforce }
controls:
  logging:
    title: Logs are kept
    why: Because
    satisfies: { pci-dss-4.0.1: ["10.5.1"] }
    require:
      - { file: config/logging.yaml, where: doc.days >= 365, message: Set days to 365. }
`

const withPolicy = async (
  files: Record<string, string | Buffer>,
  text = policy,
): Promise<[string, string]> => {
  const root = await workingCopy(files)
  const file = join(dirname(root), 'golden-path.yml')
  await writeFile(file, text)
  return [root, file]
}

const checkJson = async (root: string, ...args: string[]) => {
  const ended = await goldenPath('check', root, '--format', 'json', ...args)
  return { ...ended, json: JSON.parse(ended.out) }
}

describe('golden-path check', () => {
  it('exits 0 when nothing enforced fails, and says what can not be known offline', async () => {
    const { code, out, err } = await goldenPath('check', await workingCopy(sound))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^payments-api, the built-in baseline\n\n/)
    expect(out).toContain('unknown  default-branch-protected')
    expect(out).toContain('GitHub is not asked offline')
    expect(out).toContain('(--all lists them)')
    expect(out).toMatch(/\nNothing enforced fails; 0 advised fail, \d can't be decided here\.\n$/)
  })

  it('exits 1 when something enforced fails, and says where', async () => {
    const root = await workingCopy(broken)
    const { code, out } = await goldenPath('check', root)
    expect(code).toBe(1)
    expect(out).toMatch(
      / {2}fail {5}catalog-info-valid +catalog-info\.yaml:4:9\n {11}metadata\.name is "payments api"\./,
    )
    expect(out).toContain(
      `\n1 enforced control fails. golden-path explain ${root} catalog-info-valid says why it is asked.\n`,
    )
  })

  it('goes by the policy it is given', async () => {
    const [root, file] = await withPolicy({ ...sound, 'config/logging.yaml': 'days: 30\n' })
    const failing = await goldenPath('check', root, '--policy', file)
    expect(failing.code).toBe(1)
    expect(failing.out).toMatch(
      /fail {5}logging +config\/logging\.yaml:1:7\n {11}days is 30\. Set days to 365\.\n/,
    )
    await writeFile(join(root, 'config/logging.yaml'), 'days: 400\n')
    const passing = await goldenPath('check', root, '--policy', file, '--all')
    expect(passing.code).toBe(0)
    expect(passing.out).toMatch(/pass {5}logging/)
    expect(passing.out).toMatch(/\nNothing fails\.\n$/)
  })

  it('takes the files of golden-path/ beside golden-path.yml along', async () => {
    const [root, file] = await withPolicy(sound)
    await mkdir(join(dirname(file), 'golden-path'))
    const waiver =
      'waivers: [{ repository: payments-api, control: logging, until: 2999-12-31, reason: Soon off, approved-by: x }]\n'
    await writeFile(join(dirname(file), 'golden-path/waivers.yml'), waiver)
    const { code, out } = await goldenPath('check', root, '--policy', file)
    expect(code).toBe(0)
    expect(out).toContain('Waived until 31 December 2999: Soon off (x)')
  })

  it('is told what only GitHub knows', async () => {
    const text = policy.replace(
      '    require: {',
      '    for: { topics: pci, properties: { tier: gold }, visibility: private, archived: false }\n    require: {',
    )
    const [root, file] = await withPolicy(sound, text)
    expect((await goldenPath('check', root, '--policy', file)).out).toContain(
      'Whether the rule "Services" is for this repository can\'t be decided',
    )
    const told = ['--topic', 'pci', '--property', 'tier=gold', '--visibility', 'private']
    expect((await goldenPath('check', root, '--policy', file, ...told)).code).toBe(1)
    expect(
      (await goldenPath('check', root, '--policy', file, ...told, '--topic', 'web', '--property', 'tier=low'))
        .out,
    ).toContain('No rule is for this repository.')
  })

  it('takes a working copy for a plain repository, so that the usual exceptions decide offline', async () => {
    const text = policy.replace(
      '    require: {',
      '    for: { not: { archived: true, names: ["sandbox-*"] }, fork: false }\n    require: {',
    )
    const [root, file] = await withPolicy(sound, text)
    expect((await goldenPath('check', root, '--policy', file)).code).toBe(1)
    const language = text.replace('fork: false', 'language: Go')
    const [other, otherFile] = await withPolicy(sound, language)
    expect((await goldenPath('check', other, '--policy', otherFile)).out).toContain(
      "can't be decided: GitHub is not asked offline for its primary language",
    )
  })

  it('knows the repository by its remote', async () => {
    const config =
      '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/payments-core.git\n\tfetch = x\n'
    const git = {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/refs/heads/main': `${'3f2c1ab'.padEnd(40, '0')}\n`,
      '.git/config': config,
    }
    const { out } = await goldenPath('check', await workingCopy({ ...sound, ...git }))
    expect(out).toMatch(/^payments-core at 3f2c1ab, /)
  })
})

describe('golden-path check as JSON', () => {
  it('has the shape that other tools rely on', async () => {
    const second =
      'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec: { target: ./api/info.yaml }\n'
    const api = component
      .replace('name: payments-api', 'name: payments-ui')
      .replace('type: service', 'type: 5')
    const [root, file] = await withPolicy({
      ...sound,
      'catalog-info.yaml': `${component}---\n${second}`,
      'api/info.yaml': api,
      'config/logging.yaml': 'days: 30\n',
    })
    const { code, json } = await checkJson(root, '--policy', file)
    expect(code).toBe(1)
    expect(json.conclusion).toBe('failure')
    expect(json.controls.at(0)).toMatchObject({ id: 'catalog-info-valid', level: 'enforce', status: 'fail' })
    expect(json.controls.at(-1)).toMatchObject({
      id: 'logging',
      level: 'enforce',
      status: 'fail',
      message: 'days is 30. Set days to 365.',
      locations: [{ path: 'config/logging.yaml', line: 1, column: 7 }],
      satisfies: { 'pci-dss-4.0.1': ['10.5.1'] },
    })
    expect(json.entities).toMatchObject([
      {
        ref: 'component:default/payments-api',
        path: 'catalog-info.yaml',
        document: 0,
        valid: true,
        errors: [],
        owner: 'payments',
      },
      {
        ref: 'location:default/all',
        path: 'catalog-info.yaml',
        document: 1,
        valid: true,
        errors: [],
        owner: null,
      },
      {
        ref: 'component:default/payments-ui',
        path: 'api/info.yaml',
        document: 0,
        valid: false,
        owner: 'payments',
      },
    ])
    expect(json.entities[2].errors[0]).toMatchObject({
      message: expect.stringContaining('spec.type'),
      line: 6,
    })
  })

  it('has no entity where there is no file', async () => {
    const { code, json } = await checkJson(await workingCopy({ 'README.md': 'x' }))
    expect(code).toBe(1)
    expect(json.entities).toEqual([])
    expect(json.controls[0]).toMatchObject({ id: 'catalog-info-valid', status: 'fail' })
  })
})

describe('golden-path check as SARIF', () => {
  it('is a run with a rule for each control and a result for each finding', async () => {
    const [root, file] = await withPolicy({ ...broken, 'config/logging.yaml': 'days: 30\n' })
    const { code, out } = await goldenPath('check', root, '--policy', file, '--format', 'sarif')
    expect(code).toBe(1)
    const sarif = JSON.parse(out)
    expect(sarif).toMatchObject({
      version: '2.1.0',
      $schema: expect.stringMatching(/^https:.*sarif.*2\.1\.0/),
    })
    expect(sarif.runs).toHaveLength(1)
    const [{ tool, results }] = sarif.runs
    const ids = tool.driver.rules.map((rule: { id: string }) => rule.id)
    expect(ids).toEqual(expect.arrayContaining(['catalog-info-valid', 'logging']))
    expect(new Set(ids).size).toBe(ids.length)
    for (const rule of tool.driver.rules) expect(URL.canParse(rule.helpUri)).toBe(true)
    for (const result of results) expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    const failures = results.filter((result: { kind: string }) => result.kind === 'fail')
    expect(failures.map((result: { ruleId: string }) => result.ruleId)).toEqual([
      'catalog-info-valid',
      'logging',
    ])
    for (const result of failures) {
      expect(result).toMatchObject({ kind: 'fail', level: 'error', message: { text: expect.any(String) } })
    }
    expect(failures[1].locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'config/logging.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 1, startColumn: 7 },
        },
      },
    ])
  })

  it('says what is open without calling it a failure', async () => {
    const { out } = await goldenPath('check', await workingCopy(sound), '--format', 'sarif')
    const open = JSON.parse(out).runs[0].results.filter((result: { kind: string }) => result.kind === 'open')
    expect(open.length).toBeGreaterThan(0)
    for (const result of open) expect(result.level).toBe('none')
  })
})

describe('asked wrongly, it exits 2 and says what to do', () => {
  it.each([
    [['check'], "missing required argument 'directory'"],
    [
      ['check', '/nowhere/at/all'],
      'There is no directory /nowhere/at/all. Expected a working copy of a repository.',
    ],
    [['check', '.', '--format', 'xml'], 'Allowed choices are text, json, sarif'],
    [['check', '.', '--policy', '/nowhere.yml'], 'There is no policy file /nowhere.yml.'],
    [['check', '.', '--property', 'tier'], 'Expected NAME=VALUE'],
    [['chekc', '.'], 'Did you mean check?'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await goldenPath(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('also for a policy with a mistake', async () => {
    const [root, file] = await withPolicy(sound, policy.replace('logging: enforce', 'logging: enfroce'))
    const { code, out, err } = await goldenPath('check', root, '--policy', file)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(
      'golden-path.yml:4:54: "enfroce" is no level. Expected observe, advise or enforce; the nearest is "enforce".',
    )
  })
})

describe('a hostile directory is judged', () => {
  it.each<[string, string | Buffer]>([
    ['20 MB of YAML', Buffer.alloc(20 * 1024 * 1024, 'a: b\n')],
    ['NUL bytes', Buffer.from('apiVersion: \0\0\0')],
    ['an LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
    [
      'an alias bomb',
      `a: &a [x,x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*${index ? `b${index - 1}` : 'a'}, *${index ? `b${index - 1}` : 'a'}]`).join('\n')}\n`,
    ],
    ['nothing but brackets', '['.repeat(100_000)],
  ])('with %s', async (_, content) => {
    const { code, json } = await checkJson(await workingCopy({ ...sound, 'catalog-info.yaml': content }))
    expect(code).toBe(1)
    expect(json.controls[0]).toMatchObject({ id: 'catalog-info-valid', status: 'fail' })
  })

  it('with links that lead out, in a circle and into directories', async () => {
    const root = await workingCopy({ 'README.md': 'x' })
    await writeFile(join(dirname(root), 'secret.yaml'), component)
    await symlink('../secret.yaml', join(root, 'catalog-info.yaml'))
    await symlink('.', join(root, 'loop'))
    await symlink(dirname(root), join(root, '.github'))
    const text = `version: 1
rules: [{ name: R, require: { catalog-info-valid: enforce, codeowners-valid: enforce, mine: enforce } }]
controls: { mine: { title: T, why: W, require: [{ file: "**/secret.yaml", message: Keep no secrets. }] } }
`
    const file = join(dirname(root), 'golden-path.yml')
    await writeFile(file, text)
    const { code, json, out } = await checkJson(root, '--policy', file)
    expect(code).toBe(1)
    expect(out).not.toContain('component:default/payments-api')
    expect(json.controls[0]).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('symbolic link'),
    })
    const messages = new Map<string, string>(
      json.controls.map(({ id, message }: { id: string; message: string }) => [id, message]),
    )
    expect(messages.get('mine')).toBe('No file matches **/secret.yaml. Keep no secrets.')
    expect(messages.get('repository-settings-valid')).toBe(
      '.github is a symbolic link, and links are not followed.',
    )
  })

  it('with directories where files should be, and submodules', async () => {
    const root = await workingCopy({
      'catalog-info.yaml/x': '',
      '.github/.git': 'gitdir: elsewhere\n',
      '.github/CODEOWNERS': '* @a\n',
    })
    const { json } = await checkJson(root)
    expect(json.controls[0]).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('is a directory'),
    })
    expect(
      json.controls.find((control: { id: string }) => control.id === 'codeowners-valid').status,
    ).not.toBe('pass')
  })

  it('whose text does not reach the terminal as commands', async () => {
    const text = component
      .replace('owner: payments', 'owner: "pay\\e[2Jments\\u202e"')
      .replace('payments-api', '"x\\e]0;hi\\a"')
    const { out } = await goldenPath(
      'check',
      await workingCopy({ ...sound, 'catalog-info.yaml': text }),
      '--all',
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
  })
})
