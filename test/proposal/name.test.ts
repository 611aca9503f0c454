import { describe, expect, it } from 'vitest'
import { entityName } from '../../src/proposal/name.ts'
import { answer, proposed } from './repository.ts'

describe('the name of an entity', () => {
  it.each([
    ['payments-api', 'payments-api'],
    ['PaymentsService', 'payments-service'],
    ['Acme.Payments.Api', 'acme.payments.api'],
    ['GraphQLServer', 'graphql-server'],
    ['paymentsAPI', 'payments-api'],
    ['iOSApp', 'ios-app'],
    ['next.js', 'next.js'],
    ['.github', 'github'],
    ['-_-x-_-', 'x'],
    ['a   b', 'a-b'],
    ['snake_case', 'snake_case'],
    ['a--b', 'a-b'],
    ['日本', undefined],
    ['...', undefined],
    ['', undefined],
    ['a\u0000\nb', 'a-b'],
    ['x'.repeat(60_000), 'x'.repeat(63)],
    [`${'x'.repeat(62)}-y`, 'x'.repeat(62)],
  ])('%j is %j', (text, name) => {
    expect(entityName(text)).toBe(name)
  })

  it('is that of the repository, with a title only where letters were lost', async () => {
    const plain = await proposed({ name: 'payments-api', files: { 'go.mod': '' } })
    expect(plain.edits[0]?.text).toContain('  name: payments-api\n')
    expect(plain.edits[0]?.text).not.toContain('title')
    const long = await proposed({ name: 'x'.repeat(80), files: { 'go.mod': '' } })
    expect(long.edits[0]?.text).toContain(`  name: ${'x'.repeat(63)}\n  title: ${'x'.repeat(80)}\n`)
    expect(answer(await proposed({ name: '日本', files: { 'go.mod': '' } }), 'metadata.name')).toBe(
      'component',
    )
  })

  it("of a part is what its manifest calls it, and where that is anybody's the repository's goes before it", async () => {
    const proposal = await proposed({
      name: 'shop',
      files: {
        'services/api/package.json': '{"name":"@acme/api"}',
        'services/mail/package.json': '{"name":"@acme/mailer"}',
        'services/pay/go.mod': 'module example.org/other',
        'libs/mail/package.json': '{"name":"mailer"}',
      },
    })
    expect(
      proposal.guesses.filter(({ field }) => field === 'metadata.name').map(({ value }) => value),
    ).toEqual(['mailer', 'shop-api', 'shop-mail', 'pay'])
  })
})
