import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import { fixableControls } from '../../src/policy/fixable.ts'
import { everything, now, propose, repositoryWith } from '../support/repair.ts'
import { component } from '../support/snapshot.ts'

const many = (count: number, make: (index: number) => string, between = '') =>
  Array.from({ length: count }, (_, index) => make(index)).join(between)

/** Written to take for ever, or to say something that isn't there. */
const hostile: Record<string, Record<string, string>> = {
  'hundreds of owners that are gone': {
    'catalog-info.yaml': many(200, index => component(`c${index}`, `paymnts`), '---\n'),
    CODEOWNERS: many(4_000, index => `/d${index}/ @acme/payments\n`),
  },
  'hundreds of entities that are broken': {
    'catalog-info.yaml': many(100, index => component(`"c ${index}"`), '---\n'),
  },
  'thousands of lines whose owners are gone': {
    CODEOWNERS: many(2_000, index => `/d${index}/ @acme/paymnts @acme/gone${index}\n`),
  },
  'one line with thousands of owners': { CODEOWNERS: `* ${many(3_000, () => '@acme/paymnts', ' ')}\n` },
  'a long line with a colon': { 'catalog-info.yaml': `a: b: ${'c: '.repeat(50_000)}\n` },
  'a long line without end': {
    'catalog-info.yaml': component('pay', 'payments', `  description: ${'a '.repeat(60_000)}: b`),
  },
  'a name of 60 KB': { 'catalog-info.yaml': component('a '.repeat(30_000)) },
  'an owner that turns the line round': {
    'catalog-info.yaml': component('pay', '"pay\u202emnts @everyone `x` <b>\\n::set-output"'),
    CODEOWNERS: '* @acme/\u202epaymnts\n',
  },
  'brackets only': { 'catalog-info.yaml': '['.repeat(40_000) },
  'aliases of aliases': {
    'catalog-info.yaml': `a: &a [x]\n${many(30, index => `${'bcdefghijklmnopqrstuvwxyzABCDEF'[index]}: &${'bcdefghijklmnopqrstuvwxyzABCDEF'[index]} [*a, *a]\n`)}`,
  },
}

describe('files written to harm', () => {
  it.each(Object.entries(hostile))(
    '%s: an answer in time, and nothing made of it that runs on',
    { timeout: 60_000 },
    async (_, files) => {
      const snapshot = await repositoryWith(files)
      const verdict = evaluate(snapshot, everything, now)
      const begin = process.cpuUsage()
      const fixable = fixableControls(snapshot, everything, verdict)
      const { user, system } = process.cpuUsage(begin)
      expect((user + system) / 1_000).toBeLessThan(2_500)
      const { parts, notFixed } = await propose(snapshot)
      for (const text of [
        ...[...fixable.values()].map(({ why }) => why),
        ...parts.map(({ why }) => why),
        ...notFixed.map(({ why }) => why),
      ]) {
        expect(text.length).toBeLessThan(1_200)
        expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }
    },
  )
})
