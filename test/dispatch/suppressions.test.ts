/** Suppressions, and the flags of customers that follow them. */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import { deleteCustomer, insertCustomer, updateCustomer } from '../../core/messaging/contacts/customers.ts'
import { upsertCustomers } from '../../core/messaging/contacts/import-rows.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { listSuppressed } from '../../core/messaging/suppressions/flags.ts'
import { lift, type NewSuppression, suppress } from '../../core/messaging/suppressions/suppress.ts'
import { suppressedChannels, suppressionReasons } from '../../core/messaging/suppressions/tables.ts'
import { emptyTables } from '../support/databases.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

const phoneOf = (nth: number) => `+2547000000${String(nth).padStart(2, '0')}`
const suppression = (nth: number, more: Partial<NewSuppression> = {}): NewSuppression => ({
  phone: phoneOf(nth),
  channel: 'sms',
  reason: 'opt_out',
  source: 'api',
  ...more,
})

/** Flags of all customers by phone, as they are. */
async function readFlags(db: Kysely<Database>): Promise<Record<string, string[]>> {
  const rows = await db.selectFrom('customers').select(['phone', 'suppressed']).orderBy('phone').execute()
  return Object.fromEntries(rows.map(({ phone, suppressed }) => [phone, wordsOf(suppressed)]))
}

const wordsOf = (flags: number) =>
  listSuppressed(flags)
    .map(({ channel, reason }) => `${channel} ${reason}`)
    .sort()

/** The same, worked out from the suppressions. */
async function expectedFlags(db: Kysely<Database>): Promise<Record<string, string[]>> {
  const suppressions = await db.selectFrom('suppressions').selectAll().execute()
  const customers = await db.selectFrom('customers').select('phone').orderBy('phone').execute()
  const wordsFor = (phone: string) => {
    const words = suppressions
      .filter((row) => row.phone === phone)
      .flatMap(({ channel, reason }) =>
        (channel === 'all' ? ['sms', 'whatsapp'] : [channel]).map((one) => `${one} ${reason}`),
      )
    return [...new Set(words)].sort()
  }
  return Object.fromEntries(customers.map(({ phone }) => [phone, wordsFor(phone)]))
}

const nothingElse = { first_name: null, last_name: null, location: null, prefered_product: null }
const addCustomers = (db: Kysely<Database>, ...nths: number[]) =>
  upsertCustomers(
    db,
    nths.map((nth) => ({ phone: phoneOf(nth), ...nothingElse })),
  )

eachDispatch((db, database, kind) => {
  test('suppress() flags the customers who have the phones, and keeps what is there already', async () => {
    await addCustomers(db(), 1, 2, 3)
    const rows = [suppression(2), suppression(1, { channel: 'all', reason: 'complaint', sender: 'sms', code: '21610' })]
    expect(await suppress(db(), rows)).toBe(2)
    expect(await readFlags(db())).toEqual({
      [phoneOf(1)]: ['sms complaint', 'whatsapp complaint'],
      [phoneOf(2)]: ['sms opt_out'],
      [phoneOf(3)]: [],
    })
    expect(await suppress(db(), [suppression(2, { source: 'import' }), suppression(2), suppression(9)])).toBe(1)
    const [, kept] = await db().selectFrom('suppressions').selectAll().orderBy('phone').execute()
    expect(kept).toMatchObject({ phone: phoneOf(2), source: 'api', sender: null, code: null, note: null })
  })

  test('lift() takes the flags back, one reason at a time, and never those of an erased person', async () => {
    await addCustomers(db(), 1)
    await suppress(db(), [
      suppression(1),
      suppression(1, { reason: 'manual', channel: 'all' }),
      suppression(1, { reason: 'erased', channel: 'all' }),
    ])
    expect(await lift(db(), { phones: [phoneOf(1)], channels: ['sms'] })).toEqual([
      { phone: phoneOf(1), channel: 'sms', reason: 'opt_out' },
    ])
    expect(await readFlags(db())).toEqual({
      [phoneOf(1)]: ['sms erased', 'sms manual', 'whatsapp erased', 'whatsapp manual'],
    })
    expect(await lift(db(), { phones: [phoneOf(1)] })).toEqual([
      { phone: phoneOf(1), channel: 'all', reason: 'manual' },
    ])
    expect(await lift(db(), { phones: [phoneOf(1)] })).toEqual([])
    expect(await readFlags(db())).toEqual({ [phoneOf(1)]: ['sms erased', 'whatsapp erased'] })
  })

  test('a customer who is created, imported or changes phone gets the flags of the phone', async () => {
    await suppress(db(), [suppression(1), suppression(2, { channel: 'whatsapp' }), suppression(3)])
    expect(await insertCustomer(db(), { phone: phoneOf(1) })).toMatchObject({ suppressed: 1 })
    await addCustomers(db(), 1, 2, 4)
    expect(await readFlags(db())).toEqual({
      [phoneOf(1)]: ['sms opt_out'],
      [phoneOf(2)]: ['whatsapp opt_out'],
      [phoneOf(4)]: [],
    })
    const { id } = await db()
      .selectFrom('customers')
      .select('id')
      .where('phone', '=', phoneOf(4))
      .executeTakeFirstOrThrow()
    expect(await updateCustomer(db(), id, { phone: phoneOf(3) })).toMatchObject({ suppressed: 1 })
    expect(await updateCustomer(db(), id, { phone: phoneOf(5), first_name: 'Amina' })).toMatchObject({ suppressed: 0 })
    await deleteCustomer(db(), id)
    expect(await suppress(db(), [suppression(3)])).toBe(0)
  })

  test('what a process of the version before notes of a phone becomes a suppression, also once that was lifted', async () => {
    await addCustomers(db(), 1)
    const mark = () =>
      sql`insert into number_marks (phone, channel, reason, source, sender, code)
        values (${phoneOf(1)}, 'sms', 'invalid', 'answer', 'sms', '30005') on conflict do nothing`.execute(db())
    await mark()
    await mark()
    expect(await readFlags(db())).toEqual({ [phoneOf(1)]: ['sms invalid'] })
    expect(await lift(db(), { phones: [phoneOf(1)] })).toHaveLength(1)
    await mark()
    expect(await db().selectFrom('suppressions').selectAll().execute()).toMatchObject([
      { channel: 'sms', reason: 'invalid', source: 'answer', sender: 'sms', code: '30005' },
    ])
  })

  test('whatever happens in whatever order, the flags are those of the suppressions', async () => {
    const nth = fc.integer({ min: 1, max: 4 })
    const nths = fc.uniqueArray(nth, { maxLength: 3 })
    const step = fc.oneof(
      nths.map((them) => () => addCustomers(db(), ...them)),
      fc
        .array(fc.tuple(nth, fc.constantFrom(...suppressedChannels), fc.constantFrom(...suppressionReasons)), {
          maxLength: 4,
        })
        .map(
          (them) => () =>
            suppress(
              db(),
              them.map(([one, channel, reason]) => suppression(one, { channel, reason })),
            ),
        ),
      fc.tuple(nths, fc.option(fc.constantFrom(...suppressedChannels), { nil: undefined })).map(
        ([them, channel]) =>
          () =>
            lift(db(), { phones: them.map(phoneOf), ...(channel && { channels: [channel] }) }),
      ),
      nth.map((one) => () => db().deleteFrom('customers').where('phone', '=', phoneOf(one)).execute()),
      fc.tuple(nth, nth).map(
        ([from, to]) =>
          () =>
            sql`update customers set phone = ${phoneOf(to)} where phone = ${phoneOf(from)}
          and not exists (select from customers where phone = ${phoneOf(to)})`.execute(db()),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        await emptyTables(db())
        for (const run of steps) await run()
        expect(await readFlags(db())).toEqual(await expectedFlags(db()))
      }),
      { numRuns: 10 },
    )
  }, 60_000)

  // The embedded database has one connection, and so no two transactions at once.
  test.skipIf(kind === 'pglite')(
    'race 42: a customer who is added while the phone is suppressed is flagged',
    async () => {
      const other = openPostgres(database().url ?? '', 1)
      const isWaiting = async () => {
        const { rows } = await sql`select from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`.execute(db())
        return rows.length > 0
      }
      const untilWaiting = async () => {
        while (!(await isWaiting())) await Bun.sleep(1)
      }
      try {
        // The suppression first, and then the customer first.
        await db()
          .transaction()
          .execute(async (trx) => {
            await suppress(trx.$pickTables<'suppressions'>(), [suppression(1)])
            const adding = addCustomers(other.db, 1)
            await untilWaiting()
            return { adding }
          })
          .then(({ adding }) => adding)
        await other.db
          .transaction()
          .execute(async (trx) => {
            await addCustomers(trx, 2)
            const suppressing = suppress(db(), [suppression(2)])
            await untilWaiting()
            return { suppressing }
          })
          .then(({ suppressing }) => suppressing)
      } finally {
        await other.close()
      }
      expect(await readFlags(db())).toEqual({ [phoneOf(1)]: ['sms opt_out'], [phoneOf(2)]: ['sms opt_out'] })
    },
  )
})
