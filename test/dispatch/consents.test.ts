/** Consents, and the bits of customers that follow the records. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openPostgres } from '../../core/db/open.ts'
import { CONSENT_SHIFT, consentStates, refusedConsent } from '../../core/messaging/consents/flags.ts'
import { type NewConsent, recordConsent, recordOfMany } from '../../core/messaging/consents/record.ts'
import { type ConsentStatus, consentChannels, consentStatuses } from '../../core/messaging/consents/tables.ts'
import { deleteCustomer, insertCustomer, updateCustomer } from '../../core/messaging/contacts/customers.ts'
import { upsertCustomers } from '../../core/messaging/contacts/import-rows.ts'
import { openContactServices } from '../../core/messaging/contacts/service.ts'
import type { Channel, Database } from '../../core/messaging/schema.ts'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { emptyTables } from '../support/databases.ts'
import { addCustomers, range } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

const phoneOf = (id: number) => `+2547${String(id).padStart(8, '0')}`
const consent = (status: ConsentStatus, more: Partial<NewConsent> = {}): NewConsent => ({
  channel: 'all',
  status,
  method: 'api',
  actor: 'local',
  ...more,
})
const nothingElse = { first_name: null, last_name: null, location: null, prefered_product: null }

const stateOf = async (db: Kysely<Database>, id: number) => {
  const { consent } = await db.selectFrom('customers').select('consent').where('id', '=', id).executeTakeFirstOrThrow()
  return consentStates(consent)
}
const recordsOf = (db: Kysely<Database>, id: number) =>
  db.selectFrom('consents').selectAll().where('customer_id', '=', id).orderBy('id').execute()

test('a withdrawal is stronger than a consent, and a consent is missed only where it is required', () => {
  const bits = { given: 5, withdrawn: 10 }
  const refused = (flags: number, isRequired: boolean, channel: Channel = 'sms') =>
    refusedConsent(flags << CONSENT_SHIFT, channel, isRequired)
  expect([refusedConsent(null, 'sms', false), refusedConsent(null, 'sms', true)]).toEqual([null, 'missing'])
  expect([refused(bits.given, true), refused(bits.given | bits.withdrawn, false)]).toEqual([null, 'withdrawn'])
  expect([refused(1, true, 'whatsapp'), refused(2, false, 'whatsapp')]).toEqual(['missing', null])
  // Suppressions are below, and say nothing of consent.
  expect(refusedConsent(0x3ff, 'whatsapp', false)).toBeNull()
})

eachDispatch((db, database, kind) => {
  beforeEach(() => emptyTables(db()))

  test('of the records for a channel the one that was captured last decides, whenever it was recorded', async () => {
    const { id } = await insertCustomer(db(), { phone: phoneOf(1) })
    const at = (day: number) => new Date(`2026-01-${String(day).padStart(2, '0')}T00:00:00Z`)
    await recordConsent(db(), id, consent('given', { capturedAt: at(2) }))
    expect(await stateOf(db(), id)).toEqual({ sms: 'given', whatsapp: 'given' })
    await recordConsent(db(), id, consent('withdrawn', { channel: 'sms', capturedAt: at(4) }))
    await recordConsent(db(), id, consent('given', { channel: 'sms', capturedAt: at(3) }))
    expect(await stateOf(db(), id)).toEqual({ sms: 'withdrawn', whatsapp: 'given' })
    await recordConsent(db(), id, consent('given', { channel: 'sms', capturedAt: at(4) }))
    expect(await stateOf(db(), id)).toEqual({ sms: 'given', whatsapp: 'given' })
    expect(await recordConsent(db(), 999, consent('given'))).toBeUndefined()
  })

  test('a withdrawal holds although an earlier record is from a clock that goes ahead', async () => {
    const { id } = await insertCustomer(db(), { phone: phoneOf(1) })
    await recordConsent(db(), id, consent('given', { capturedAt: new Date(Date.now() + 3_600_000) }))
    await recordConsent(db(), id, consent('withdrawn'))
    expect(await stateOf(db(), id)).toEqual({ sms: 'withdrawn', whatsapp: 'withdrawn' })
  })

  test('whatever is recorded in whatever order, the bits are those of the records', async () => {
    const step = fc.record({
      customer: fc.integer({ min: 1, max: 3 }),
      status: fc.constantFrom(...consentStatuses),
      channel: fc.constantFrom(...consentChannels),
      minute: fc.integer({ min: 0, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        await emptyTables(db())
        await addCustomers(db(), 3)
        for (const { customer, minute, ...more } of steps)
          await recordConsent(db(), customer, consent('given', { ...more, capturedAt: new Date(minute * 60_000) }))
        for (const customer of [1, 2, 3])
          for (const channel of ['sms', 'whatsapp'] as const) {
            const records = steps.filter((one) => one.customer === customer && [channel, 'all'].includes(one.channel))
            const latest = Math.max(...records.map(({ minute }) => minute))
            const decisive = records.findLast(({ minute }) => minute === latest)
            expect((await stateOf(db(), customer))[channel]).toBe(decisive?.status ?? 'none')
          }
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  test('an import records for all at once, changes no withdrawal, and repeats no record', async () => {
    await addCustomers(db(), 4)
    await recordConsent(db(), 2, consent('withdrawn', { channel: 'sms' }))
    const phones = [phoneOf(4), phoneOf(2), phoneOf(1), phoneOf(9)]
    const imported = consent('given', { method: 'import', wording: 'v1' })
    expect(await recordOfMany(db(), phones, imported)).toEqual({ recorded: 2, withdrawn: 1 })
    expect(await recordOfMany(db(), phones, imported)).toEqual({ recorded: 0, withdrawn: 1 })
    expect(await recordOfMany(db(), phones, { ...imported, wording: 'v2' })).toEqual({ recorded: 2, withdrawn: 1 })
    expect(await stateOf(db(), 2)).toEqual({ sms: 'withdrawn', whatsapp: 'none' })
    expect(await stateOf(db(), 4)).toEqual({ sms: 'given', whatsapp: 'given' })
    const both = consent('withdrawn', { method: 'import' })
    expect(await recordOfMany(db(), [phoneOf(1), phoneOf(2)], both)).toEqual({ recorded: 2, withdrawn: 0 })
    expect(await stateOf(db(), 1)).toEqual({ sms: 'withdrawn', whatsapp: 'withdrawn' })
  })

  test('who is deleted and imported again has still withdrawn, and has agreed to nothing', async () => {
    await addCustomers(db(), 3)
    await recordConsent(db(), 1, consent('given'))
    await recordConsent(db(), 2, consent('given'))
    await recordConsent(db(), 2, consent('withdrawn', { channel: 'whatsapp' }))
    for (const id of [1, 2, 3]) await deleteCustomer(db(), id)
    await upsertCustomers(
      db(),
      [1, 2, 3].map((id) => ({ phone: phoneOf(id), ...nothingElse })),
    )
    const rows = await db().selectFrom('customers').select(['id', 'consent']).orderBy('phone').execute()
    expect(rows.map((row) => consentStates(row.consent))).toEqual([
      { sms: 'none', whatsapp: 'none' },
      { sms: 'none', whatsapp: 'withdrawn' },
      { sms: 'none', whatsapp: 'none' },
    ])
    expect(await recordsOf(db(), rows[1]?.id ?? 0)).toMatchObject([
      { channel: 'whatsapp', status: 'withdrawn', method: 'carried_over', actor: null },
    ])
    // The records of the deleted stay.
    expect(await recordsOf(db(), 2)).toHaveLength(2)
    // They may agree again.
    await recordConsent(db(), rows[1]?.id ?? 0, consent('given'))
    expect(await stateOf(db(), rows[1]?.id ?? 0)).toEqual({ sms: 'given', whatsapp: 'given' })
    await deleteCustomer(db(), rows[1]?.id ?? 0)
    expect(await insertCustomer(db(), { phone: phoneOf(2) })).toMatchObject({ consent: 0 })
  })

  test('a withdrawal goes on with the customer whose phone changes, also once they are deleted', async () => {
    await addCustomers(db(), 1)
    await recordConsent(db(), 1, consent('withdrawn'))
    expect(await updateCustomer(db(), 1, { phone: phoneOf(5) })).toMatchObject({ consent: 10 })
    // The phone that they had is somebody else's.
    expect(await insertCustomer(db(), { phone: phoneOf(1) })).toMatchObject({ consent: 0 })
    await deleteCustomer(db(), 1)
    expect(await insertCustomer(db(), { phone: phoneOf(5) })).toMatchObject({ consent: 10 })
  })

  test('customers who are created with their consent have both or neither, many at once too', async () => {
    const { write } = openContactServices(db(), systemClock)
    const contacts = write()
    const made = await Promise.all(
      range(1, 8).map((id) =>
        id % 2 ? contacts.insert({ phone: phoneOf(id) }, consent('given')) : contacts.insert({ phone: phoneOf(id) }),
      ),
    )
    expect(made.map(({ consent: bits }) => bits)).toEqual([5, 0, 5, 0, 5, 0, 5, 0])
    expect(contacts.insert({ phone: phoneOf(1) }, consent('withdrawn'))).rejects.toMatchObject({
      code: 'CUSTOMER_EXISTS',
    })
    expect(await db().selectFrom('consents').select('id').execute()).toHaveLength(4)
  })

  // The embedded database has one connection, and so no two transactions at once.
  test.skipIf(kind === 'pglite')('an import that waits for a withdrawal does not overrule it', async () => {
    await addCustomers(db(), 1)
    const other = openPostgres(database().url ?? '', 1)
    try {
      const importing = await db()
        .transaction()
        .execute(async (trx: Kysely<Database>) => {
          await recordConsent(trx, 1, consent('withdrawn'))
          const waiting = recordOfMany(other.db, [phoneOf(1)], consent('given', { method: 'import' }))
          const isWaiting = sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
          while ((await isWaiting.execute(db())).rows.length === 0) await Bun.sleep(1)
          return { waiting }
        })
      expect(await importing.waiting).toEqual({ recorded: 0, withdrawn: 1 })
    } finally {
      await other.close()
    }
    expect(await stateOf(db(), 1)).toEqual({ sms: 'withdrawn', whatsapp: 'withdrawn' })
  })

  test('imports and withdrawals at once never wait for each other in a circle', async () => {
    await addCustomers(db(), 40)
    await Promise.all(range(1, 10).map((id) => recordConsent(db(), id, consent('withdrawn'))))
    for (const id of range(1, 10)) await deleteCustomer(db(), id)
    const rows = range(1, 60).map((id) => ({ phone: phoneOf(id), ...nothingElse, first_name: String(id) }))
    await Promise.all([
      upsertCustomers(db(), rows),
      upsertCustomers(db(), rows.toReversed()),
      recordOfMany(db(), range(11, 40).map(phoneOf), consent('given')),
      ...range(11, 30).map((id) => recordConsent(db(), id, consent('withdrawn'))),
      suppress(db(), [{ phone: phoneOf(50), channel: 'all', reason: 'opt_out', source: 'api' }]),
    ])
    const bits = await db().selectFrom('customers').select(['phone', 'consent']).orderBy('phone').execute()
    expect(bits).toHaveLength(60)
    expect(bits.slice(0, 30).map(({ consent: one }) => one)).toEqual(range(1, 30).map(() => 10))
  })
})
