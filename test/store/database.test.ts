import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { describeOnEachDatabase } from '../support/database.ts'

/** Each has a file; none is left out. */
const numbers = readdirSync(new URL('../../src/store/migrations/', import.meta.url))
  .filter(name => name.endsWith('.sql'))
  .map((_, index) => index + 1)

describeOnEachDatabase('the database', database => {
  it('gives big numbers as numbers and times as dates', async () => {
    const rows = await database().query(
      `select 9007199254740991::bigint as id, count(*) as count, timestamptz '2026-11-22T10:00:00Z' as at,
         null as nothing, '{"a":[1]}'::jsonb as json from (values (1), (2)) as two`,
    )
    expect(rows).toEqual([
      {
        id: 9007199254740991,
        count: 2,
        at: new Date('2026-11-22T10:00:00Z'),
        nothing: null,
        json: { a: [1] },
      },
    ])
  })

  it('rolls back what its function rejects, a failed statement included, and goes on', async () => {
    await database().execute('create table if not exists notes (text text)')
    await expect(
      database().transaction(async tx => {
        await tx.query('insert into notes values ($1)', ['lost'])
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await expect(
      database().transaction(async tx => {
        await tx.query('insert into notes values ($1)', ['lost'])
        await tx.query('select 1 / 0')
      }),
    ).rejects.toThrow('division by zero')
    await database().transaction(tx => tx.query('insert into notes values ($1)', ['kept']))
    expect(await database().query('select text from notes')).toEqual([{ text: 'kept' }])
  })

  it('hears a notification when its transaction commits, and not before', async () => {
    const heard: string[] = []
    const unlisten = await database().listen('news', payload => heard.push(payload))
    await database().transaction(async tx => {
      await tx.query(`select pg_notify('news', 'first')`)
      expect(heard).toEqual([])
    })
    for (let i = 0; i < 100 && heard.length === 0; i++) await wait(10)
    expect(heard).toEqual(['first'])
    await unlisten()
    await database().query(`select pg_notify('news', 'second')`)
    await wait(50)
    expect(heard).toEqual(['first'])
  })

  it('migrates once, however many processes start', async () => {
    await Promise.all([migrate(database()), migrate(database()), migrate(database())])
    expect(await database().query('select number from migrations order by 1')).toEqual(
      numbers.map(number => ({ number })),
    )
  })

  it('refuses tables of a newer version in a sentence', async () => {
    await database().query('insert into migrations (number) values (999)')
    await expect(migrate(database())).rejects.toThrow(
      `The database is at migration 999, this version of Golden Path knows ${numbers.length}. A newer version has used it: start that one, or restore the backup taken before the upgrade.`,
    )
    await database().query('delete from migrations where number = 999')
  })
})

describe('a PostgreSQL that does not answer', () => {
  it('is said without the password', async () => {
    const error = await openDatabase({ url: 'postgres://me:hunter2@127.0.0.1:1/golden' }).catch(String)
    expect(error).toMatch(
      /PostgreSQL at 127\.0\.0\.1:1\/golden did not answer \(ECONNREFUSED\)\. Check DATABASE_URL/,
    )
    expect(error).not.toContain('hunter2')
  })
})
