/**
 * STOP by the provider's hook in the middle of a campaign whose workers are killed: by the provider's ledger, no call for the
 * phone begins after the hook's 200, unless it had been granted by then. Over both queues, with processes as in production.
 */
import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { eachQueue, type FleetOptions } from '../support/fleet.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase } from '../support/postgres.ts'
import { freePort } from '../support/postgres-server.ts'
import { startFakeSender } from '../support/providers/fake-sender.ts'
import { type FakeProcess, releaseFakes } from '../support/providers/process.ts'
import { releaseServers, type ServerProcess, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 240_000
const PEOPLE = 20_000
const people = makePeople(PEOPLE, 20)

/** Phones that write STOP in one wave: half of them from chunks that are being worked on. */
const WAVE = 80

async function setup({ brokerUrl }: Pick<FleetOptions, 'brokerUrl'>) {
  const clone = await cloneDatabase()
  const database = openPostgres(clone.url, 2)
  const ids = await insertPeople(database.db, people)
  const port = await freePort()
  const { fake, environment } = await startFakeSender(
    'twilio',
    `http://127.0.0.1:${port}`,
    { latencyMs: 20, fates: { never: 1 } },
    { TIMEOUT_MS: '2000', RATE: '1500', CONCURRENCY: '100' },
  )
  const settings = {
    DATABASE_URL: clone.url,
    ...(brokerUrl !== undefined && { RABBITMQ_URL: brokerUrl }),
    LOG_LEVEL: 'warn',
    WORKER_LEASE_SECONDS: '4',
    // Messages that the dead leave in doubt are not sent again, and end at once.
    UNKNOWN_POLICY: 'hold',
    ...environment,
  }
  const start = (PLUGINS: string, PORT = '0') => startServer({ ...settings, PLUGINS, PORT })
  const api = await start('campaigns,control,customers,receipts,inbound,suppressions,health', String(port))
  await start('scheduler,health')
  const startWorker = () => start('worker,health')
  const close = async () => {
    await releaseServers()
    await releaseFakes()
    await database.close()
    await clone.drop()
  }
  return { db: database.db, ids, fake, url: api.url, startWorker, close }
}

/** Pending messages of which nothing was permitted yet: from chunks that are being worked on, and from all others. */
async function findWaiting(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ phone: string }>`
    with pending as (
      select u.phone, c.state = 'leased' as near
      from outbound_messages as m
      join customers as u on u.id = m.customer_id
      join dispatch_chunks as c on c.campaign_id = m.campaign_id and m.id between c.first_id and c.last_id
      where m.status = 'pending' and c.turn = 0 and m.id > c.started_upto
    )
    (select phone from pending where near order by random() limit ${WAVE / 2})
    union
    (select phone from pending where not near order by random() limit ${WAVE / 2})`.execute(db)
  return rows.map(({ phone }) => phone)
}

/** Phones whose message was permitted to start by now. */
async function findGranted(db: Kysely<Database>, phones: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ phone: string }>`
    select u.phone
    from outbound_messages as m
    join customers as u on u.id = m.customer_id
    where u.phone = any(${phones}::text[])
      and (m.status in ('sent', 'failed', 'unknown') or exists (
        select from dispatch_chunks as c
        where c.campaign_id = m.campaign_id and m.id between c.first_id and least(c.last_id, c.started_upto)
          and (c.ids is null or m.id = any(c.ids))))`.execute(db)
  return new Set(rows.map(({ phone }) => phone))
}

/** A wave of people writes STOP. @returns those of them to whom nothing may be sent any more */
async function writeStop(db: Kysely<Database>, fake: FakeProcess, stopped: Set<string>): Promise<string[]> {
  const phones = (await findWaiting(db)).filter((phone) => !stopped.has(phone))
  await Promise.all(phones.map((from) => fake.inbound({ from, text: 'Stop.' })))
  const granted = await findGranted(db, phones)
  for (const phone of phones) stopped.add(phone)
  return phones.filter((phone) => !granted.has(phone))
}

const accepted = async (fake: FakeProcess) => (await fake.entries('accept')).map(({ to }) => to)

/** Kills a worker right after a wave of STOP, when a share of the campaign is sent, and starts another one. */
async function stopAndKill(world: Awaited<ReturnType<typeof setup>>) {
  const { db, fake, startWorker } = world
  const workers: ServerProcess[] = [await startWorker(), await startWorker()]
  const stopped = new Set<string>()
  const never: string[] = []
  for (const share of [0.1, 0.3, 0.5]) {
    await until(`${share * 100} % are sent`, async () => (await fake.counts()).accepts > PEOPLE * share)
    never.push(...(await writeStop(db, fake, stopped)))
    await workers.shift()?.end('SIGKILL')
    workers.push(await startWorker())
  }
  return { stopped, never }
}

eachQueue((broker) => {
  test(
    'nothing that was not granted is sent to a phone after its STOP was taken, and a later import changes nothing',
    async () => {
      const world = await setup(broker())
      const { db, ids, fake, url, close } = world
      const { get, post } = openApi(url)
      const createCampaign = async (customer_ids: readonly number[]) => {
        const text = 'Hi {first_name}'
        const { id } = await post<{ id: number }>('/campaigns', { name: 'Stop', channel: 'sms', base_template: text })
        await post(`/campaigns/${id}/send`, { customer_ids })
        return id
      }
      const waitOver = (id: number) =>
        until(
          'the campaign is over',
          async () => {
            const now = await get<{ status: string; stats: CampaignStats }>(`/campaigns/${id}`)
            return now.status !== 'sending' && now
          },
          120_000,
        )
      try {
        const id = await createCampaign(ids)
        const { stopped, never } = await stopAndKill(world)
        const { status, stats } = await waitOver(id)
        const reached = await accepted(fake)
        const posts = (await fake.entries('post')).map((post) => post.status)
        expect(posts).toEqual(posts.map(() => 200))
        expect(posts).toHaveLength(stopped.size)
        // Most of them had written in time, or this shows little.
        expect(never.length).toBeGreaterThan(WAVE * 1.5)
        const reachedOnce = new Set(reached)
        expect(never.filter((phone) => reachedOnce.has(phone))).toEqual([])
        expect(reached).toHaveLength(reachedOnce.size)
        expect(status).toBe('sent')
        expect(stats).toMatchObject({ total: PEOPLE, pending: 0, sending: 0, failed: 0 })
        expect(stats.skipped).toBeGreaterThanOrEqual(never.length)
        expect(stats.skipped).toBeLessThanOrEqual(stopped.size)
        expect(stats.sent + stats.skipped + stats.unknown).toBe(PEOPLE)
        await expectInvariant(db)

        // The next day: somebody deletes the people and imports them again.
        const again = never.slice(0, 10)
        await db.deleteFrom('customers').where('phone', 'in', again).execute()
        const csv = `phone,first_name\n${again.map((phone) => `${phone},Amina`).join('\n')}\n`
        const imported = await fetch(`${url}/customers/import`, {
          method: 'POST',
          headers: { 'content-type': 'text/csv' },
          body: csv,
        })
        expect(imported.status).toBe(200)
        const fresh = await db.selectFrom('customers').select('id').where('phone', 'in', again).execute()
        expect(fresh).toHaveLength(again.length)
        const second = await waitOver(await createCampaign(fresh.map((customer) => customer.id)))
        expect(second.stats).toMatchObject({ total: again.length, skipped: again.length, sent: 0 })
        expect(await accepted(fake)).toHaveLength(reached.length)
      } finally {
        await close()
      }
    },
    LONG,
  )
})
