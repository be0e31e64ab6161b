/**
 * Quiet hours over whole campaigns: a worker, a sender that keeps a ledger, and a database whose clock is turned by hand. The
 * worker's own wall clock is wrong, and must not matter.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openCampaignViews } from '../../core/messaging/campaign/views.ts'
import { openDryRunService } from '../../core/messaging/dry-run/service.ts'
import type { QuietHours } from '../../core/messaging/policy/quiet-hours.ts'
import { openPolicyService } from '../../core/messaging/policy/service.ts'
import { zonesOf } from '../../core/messaging/policy/time-zones.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { countryOf } from '../../core/messaging/text/phone-country.ts'
import { type DatabaseKind, emptyTables } from '../support/databases.ts'
import { addCampaign, getCampaign, listChunks, openDispatch, range } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { isQuiet, opensAt } from '../support/quiet-model.ts'
import { addPeople, type Group, groups, kenya, openWorker, type Started } from '../support/quiet-world.ts'
import { openTurnedDatabase, type TurnedDatabase } from '../support/turned-database.ts'

const HOUR = 3_600_000
const utc = (text: string) => Date.parse(`${text}Z`)
const night = { from: '20:00', to: '08:00' }
const quiet: readonly QuietHours[] = [
  { country: 'KE', ...night },
  { country: 'US', from: '21:00', to: '08:00' },
  { country: '*', from: '19:30', to: '08:15' },
]

const zonesFor = (phone: string, zone: string | null) => (zone === null ? zonesOf(countryOf(phone) ?? null) : [zone])
const entriesFor = (phone: string) => {
  const own = quiet.filter(({ country }) => country === countryOf(phone))
  return own.length > 0 ? own : quiet.filter(({ country }) => country === '*')
}

for (const kind of ['pglite', 'postgres'] as const satisfies readonly DatabaseKind[])
  describe.skipIf(kind === 'postgres' && !postgresAvailable)(kind, () => {
    let turned: TurnedDatabase
    let db: Kysely<Database>
    beforeAll(async () => {
      turned = await openTurnedDatabase(kind)
      db = turned.db
    }, 60_000)
    afterAll(() => turned?.close())
    beforeEach(() => emptyTables(db))

    const setQuiet = (quiet_hours: readonly QuietHours[]) =>
      openPolicyService(db, { ...systemClock, now: turned.now }).replace({
        quiet_hours: quiet_hours.map(({ days, ...hours }) => ({ ...hours, ...(days && { days: [...days] }) })),
      })
    const viewOf = (id: number) => openCampaignViews(db, { ...systemClock, now: turned.now }).get(id)
    async function start(count: number, of: readonly Group[] = [kenya], changes: Record<string, unknown> = {}) {
      const ids = await addPeople(db, count, of)
      const campaign = await addCampaign(db)
      if (Object.keys(changes).length > 0)
        await db.updateTable('campaigns').set(changes).where('id', '=', campaign).execute()
      await openDispatch(db).queue(campaign, ids)
      return campaign
    }
    /** The first time at which a chunk is due; undefined once none is open. */
    async function nextDue(): Promise<number | undefined> {
      const due = (await listChunks(db)).filter(({ state }) => state === 'ready').map(({ due_at }) => due_at.getTime())
      return due.length > 0 ? Math.min(...due) : undefined
    }

    const PEOPLE = kind === 'postgres' ? 20_000 : 2000
    test(`${PEOPLE} people of several countries: nobody is written to in quiet hours, and each in the first minute`, async () => {
      const begin = utc('2030-06-04T18:05:00')
      await turned.turnTo(begin)
      await setQuiet(quiet)
      const campaign = await start(PEOPLE, groups)
      const { ledger, workOff } = openWorker(turned)
      /** Moments to which the clock was turned, with those who were written to then. */
      const stages: { readonly at: number; readonly started: readonly Started[] }[] = []
      for (let at: number | undefined = begin; at !== undefined; at = await nextDue()) {
        if (at > begin) await turned.turnTo(at)
        const before = ledger.length
        await workOff()
        stages.push({ at, started: ledger.slice(before) })
        await expectInvariant(db)
      }
      const zones = new Map(
        (await db.selectFrom('customers').select(['phone', 'time_zone']).execute()).map((row) => [
          row.phone,
          row.time_zone,
        ]),
      )
      expect(ledger.length).toBe(PEOPLE)
      expect(new Set(ledger.map(({ phone }) => phone)).size).toBe(PEOPLE)
      // One look for each group and minute: its people have the same hours.
      const looks = new Map<string, boolean>()
      const isWrong = ({ phone, at }: Started, stage: number) => {
        const zone = zones.get(phone) ?? null
        const key = `${phone.slice(0, 4)} ${zone} ${Math.floor(at / 60_000)} ${stage}`
        const [entries, own] = [entriesFor(phone), zonesFor(phone, zone)]
        const look = () => isQuiet(entries, own, at) || opensAt(entries, own, begin, begin + 48 * HOUR) !== stage
        const known = looks.get(key) ?? look()
        looks.set(key, known)
        return known
      }
      const wrong = stages.flatMap(({ at, started }) => started.filter((one) => isWrong(one, at)))
      expect(wrong).toEqual([])
      expect(stages.filter(({ started }) => started.length > 0).length).toBeGreaterThan(5)
      expect((await getCampaign(db, campaign)).status).toBe('sent')
    }, 120_000)

    test('chunks of which everybody waits are put off in one step, and nothing is written for each message', async () => {
      await turned.turnTo(utc('2030-06-04T18:05:00'))
      await setQuiet(quiet)
      const campaign = await start(700)
      const { ledger, workOff } = openWorker(turned)
      await workOff()
      const opens = new Date(utc('2030-06-05T05:00:00'))
      expect(ledger).toEqual([])
      const chunks = await listChunks(db)
      expect(chunks.map(({ state, due_at, deferred_until }) => [state, due_at, deferred_until])).toEqual(
        chunks.map(() => ['ready', opens, opens]),
      )
      expect(chunks.map(({ size }) => size)).toEqual([500, 200])
      const written = await db
        .selectFrom('outbound_messages')
        .select('id')
        .where('updated_at', 'is not', null)
        .execute()
      expect(written).toEqual([])
      expect(await viewOf(campaign)).toMatchObject({ deferred: 700, deferred_until: opens, stats: { pending: 700 } })
      await turned.turnTo(opens.getTime())
      await workOff()
      expect(ledger.length).toBe(700)
      expect(await viewOf(campaign)).toMatchObject({ status: 'sent', deferred: 0, deferred_until: null })
    })

    test('who may be written to is not kept waiting by those of the same chunk who may not', async () => {
      await turned.turnTo(utc('2030-06-04T18:05:00'))
      await setQuiet([{ country: 'KE', ...night }])
      const campaign = await start(300, [kenya, { phone: '+447', digits: 9 }])
      const { ledger, workOff } = openWorker(turned)
      await workOff()
      expect(ledger.length).toBe(150)
      expect(ledger.every(({ phone }) => phone.startsWith('+44'))).toBe(true)
      const opens = new Date(utc('2030-06-05T05:00:00'))
      expect(await viewOf(campaign)).toMatchObject({ deferred: 150, deferred_until: opens })
      const { attempts } = await db
        .selectFrom('outbound_messages')
        .select((eb) => eb.fn.max('attempts').as('attempts'))
        .where('status', '=', 'pending')
        .executeTakeFirstOrThrow()
      expect(attempts).toBe(0)
      await turned.turnTo(opens.getTime())
      await workOff()
      expect(ledger.length).toBe(300)
    })

    test('other policies count at once, for those who wait already and for workers that know older ones', async () => {
      await turned.turnTo(utc('2030-06-04T18:05:00'))
      await setQuiet([{ country: 'KE', ...night }])
      await start(20)
      const { ledger, workOff } = openWorker(turned)
      await workOff()
      expect(ledger.length).toBe(0)
      await setQuiet([{ country: 'KE', from: '22:00', to: '08:00' }])
      await workOff()
      expect(ledger.length).toBe(20)
      await setQuiet([{ country: 'KE', ...night }])
      await openDispatch(db).queue(await addCampaign(db), range(1, 20))
      await workOff()
      expect(ledger.length).toBe(20)
      await setQuiet([])
      await workOff()
      expect(ledger.length).toBe(40)
    })

    test('a message whose campaign expires before its hours open is skipped then, and not later', async () => {
      await turned.turnTo(utc('2030-06-04T18:05:00'))
      await setQuiet(quiet)
      const expires = utc('2030-06-04T22:00:00')
      const campaign = await start(10, [kenya], { expires_at: new Date(expires) })
      const { ledger, workOff } = openWorker(turned)
      await workOff()
      expect(await nextDue()).toBe(expires)
      await turned.turnTo(expires)
      await workOff()
      expect(ledger).toEqual([])
      expect(await viewOf(campaign)).toMatchObject({ stats: { skipped: 10, pending: 0 } })
    })

    test('a campaign of service is not held, and a dry run counts what waits by the same hours', async () => {
      await turned.turnTo(utc('2030-06-04T18:05:00'))
      await setQuiet(quiet)
      const ids = await addPeople(db, 20, groups)
      const campaign = await addCampaign(db)
      const dryRun = () =>
        openDryRunService(db, { clock: systemClock }).run({
          campaignId: campaign,
          customerIds: ids,
          language: 'en',
          onPolicyFailure: () => {},
        })
      const first = await dryRun()
      await db.updateTable('campaigns').set({ purpose: 'service' }).where('id', '=', campaign).execute()
      expect(await dryRun()).toMatchObject({ deferred: 0, deferred_until: null, messages: 20 })
      await db.updateTable('campaigns').set({ purpose: 'marketing' }).where('id', '=', campaign).execute()
      await openDispatch(db).queue(campaign, ids)
      const { ledger, workOff } = openWorker(turned)
      await workOff()
      const { deferred, deferred_until } = await viewOf(campaign)
      expect(first).toMatchObject({ deferred, deferred_until, messages: ledger.length })
      expect(deferred).toBeGreaterThan(0)
      const service = await addCampaign(db)
      await db.updateTable('campaigns').set({ purpose: 'service' }).where('id', '=', service).execute()
      await openDispatch(db).queue(service, ids)
      await workOff()
      expect(ledger.length).toBe(20 - deferred + 20)
    })
  })
