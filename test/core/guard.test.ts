import { describe, expect, test } from 'bun:test'
import { CompiledQuery, type Kysely, sql } from 'kysely'
import { guard, permit } from '../../core/host/permit.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { eachDatabase } from '../support/databases.ts'
import { compileOnly } from '../support/inert.ts'

type Db = Kysely<Database>
/** Typed as if everything were granted: what is tested is the run time. */
const db: Db = guard(compileOnly(), 'p', { read: ['customers'], write: ['campaigns'] })
const cannot = (what: string) => `Cannot ${what}: plugin "p" was not granted it`
const row = { name: 'Welcome', channel: 'sms', base_template: 'Hi' } as const

describe('guard() holds', () => {
  const forbidden = (q: Db) => q.selectFrom('processes').selectAll()
  const refused = cannot('read table "processes"')

  test('without plugins', async () => {
    await expect(forbidden(db.withoutPlugins()).execute()).rejects.toThrow(refused)
    await expect(forbidden(db.withoutPlugins().withSchema('public')).execute()).rejects.toThrow(refused)
  })

  test('for queries compiled elsewhere', async () => {
    await expect(db.executeQuery(forbidden(compileOnly()).compile())).rejects.toThrow(refused)
    await expect(db.executeQuery(CompiledQuery.raw('select 1'))).rejects.toThrow('Cannot run RawNode')
    const allowed = db.selectFrom('customers').selectAll().where('id', '=', 1).compile()
    expect((await db.executeQuery({ ...allowed, parameters: [2] })).rows).toEqual([])
  })

  test('for streams', async () => {
    const stream = forbidden(db.withoutPlugins()).stream()
    await expect(stream.next()).rejects.toThrow(refused)
  })

  test('in transactions and on a connection', async () => {
    const attempts: ((q: Db) => Promise<unknown>)[] = [
      (q) => forbidden(q).execute(),
      (q) => forbidden(q.withoutPlugins()).execute(),
      (q) => q.executeQuery(forbidden(compileOnly()).compile()),
      (q) => forbidden(q.withPlugin(permit('x', { read: ['processes'] }))).execute(),
    ]
    for (const attempt of attempts) {
      await expect(db.transaction().execute(attempt)).rejects.toThrow(refused)
      await expect(db.connection().execute(attempt)).rejects.toThrow(refused)
      const trx = await db.startTransaction().execute()
      await expect(attempt(trx)).rejects.toThrow(refused)
      await trx.rollback().execute()
    }
  })

  test('the database open: a plugin cannot close it', async () => {
    await expect(db.destroy()).rejects.toThrow('Cannot close the database: plugin "p" does not own it')
  })

  test('and leaves the shared handle as it was', async () => {
    const shared = compileOnly()
    guard(shared, 'p', {})
    expect(await forbidden(shared).execute()).toEqual([])
    expect(await sql`select 1`.execute(shared)).toMatchObject({ rows: [] })
  })
})

eachDatabase((database) => {
  test('guard() on a database: what is granted works, what is not changes nothing', async () => {
    const { db: shared } = database()
    const granted: Db = guard(shared, 'p', { read: ['customers'], write: ['campaigns'] })
    await shared.insertInto('customers').values({ phone: '+254712345678' }).execute()
    await granted.transaction().execute(async (trx) => {
      const { id } = await trx.insertInto('campaigns').values(row).returning('id').executeTakeFirstOrThrow()
      await trx.selectFrom('campaigns').select('id').where('id', '=', id).forUpdate().execute()
    })
    await expect(granted.deleteFrom('customers').execute()).rejects.toThrow(cannot('write table "customers"'))
    await expect(
      granted.transaction().execute(async (trx) => {
        await trx.deleteFrom('campaigns').execute()
        await trx.deleteFrom('customers').execute()
      }),
    ).rejects.toThrow(cannot('write table "customers"'))
    expect(await granted.selectFrom('customers').select('phone').execute()).toEqual([{ phone: '+254712345678' }])
    expect(await granted.selectFrom('campaigns').select('name').execute()).toHaveLength(1)
  })
})
