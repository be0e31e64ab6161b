/**
 * Two workers and the relay, each on a connection of its own, with their steps in every order there is: the second worker
 * takes leases away whenever it comes. Whatever the order, no message is started twice where that is not safe, and none
 * is left (races 2, 6, 9, 10 and 11).
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import { openOutbox } from '../../core/messaging/chunk/announce.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { emptyTables, freshDatabase, type TestDatabase } from '../support/databases.ts'
import {
  endBackoff,
  getCampaign,
  listChunks,
  loseLeases,
  openDispatch,
  outcomes,
  startCampaign,
} from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'
import { postgresAvailable } from '../support/postgres.ts'

const MESSAGES = 4
const WINDOW = 2

type Step = () => Promise<unknown>

/** Every way to mix lists of steps that keeps the order within each. */
function* mixes(lists: readonly (readonly Step[])[]): Generator<Step[]> {
  if (lists.every((list) => list.length === 0)) yield []
  for (const [at, [first, ...rest]] of lists.entries()) {
    if (!first) continue
    for (const tail of mixes(lists.map((list, nth) => (nth === at ? rest : list)))) yield [first, ...tail]
  }
}

/** A worker whose provider is not idempotent: what may have been started by another is `unknown` to it. */
function openWorker(db: Kysely<Database>, owner: string, starts: string[]) {
  const { claimChunk, read, report } = openDispatch(db, owner)
  let lease: Lease | undefined
  let waiting: string[] = []
  let started: string[] = []
  const claim = async () => {
    for (const { id } of await listChunks(db)) {
      lease ??= await claimChunk(id)
      if (lease) waiting = (await read(lease)).map((message) => message.id)
    }
  }
  const window = async () => {
    if (!lease) return
    const upto = BigInt(lease.started_upto)
    const doubts = waiting.filter((id) => BigInt(id) <= upto)
    const batch = waiting.filter((id) => BigInt(id) > upto).slice(0, WINDOW)
    const results = outcomes(doubts, 'unknown')
    const { permits } = await report(lease, { results, wanted: batch })
    started = batch.slice(0, permits)
    waiting = waiting.filter((id) => !doubts.includes(id) && !started.includes(id))
    starts.push(...started)
  }
  const reportSent = async () => {
    if (!lease) return
    await report(lease, { results: outcomes(started, 'sent'), next: waiting.length === 0 ? 'done' : 'release' })
    lease = undefined
    started = []
  }
  return { claim, window, reportSent }
}

describe.skipIf(!postgresAvailable)('in every order', () => {
  let database: TestDatabase
  const others: OpenDatabase[] = []
  beforeAll(async () => {
    database = await freshDatabase('postgres')
    for (let nth = 0; nth < 3; nth++) others.push(openPostgres(database.url ?? '', 1))
  })
  afterAll(async () => {
    for (const each of others) await each.close()
    await database.close()
  })

  test('two workers and the relay lose nothing and start nothing twice', async () => {
    const { db } = database
    const [one, two, three] = others.map((each) => each.db)
    if (!one || !two || !three) throw new Error('Three connections are needed')
    let count = 0
    const begin = () => {
      const starts: string[] = []
      const first = openWorker(one, 'first', starts)
      const second = openWorker(two, 'second', starts)
      const takeAway = async () => {
        await loseLeases(two)
        await second.claim()
      }
      const mark = () => openOutbox(three).next()
      return {
        starts,
        lists: [[first.claim, first.window, first.reportSent], [takeAway, second.window, second.reportSent], [mark]],
      }
    }
    const orders = [...mixes(begin().lists)].length
    for (let nth = 0; nth < orders; nth++) {
      await emptyTables(db)
      const { campaignId, complete } = await startCampaign(db, MESSAGES)
      const { starts, lists } = begin()
      const order = [...mixes(lists)][nth] ?? []
      for (const step of order) {
        await step()
        await expectInvariant(db)
      }
      for (let rounds = 0; (await getCampaign(db, campaignId)).completed_at === null; rounds++) {
        expect(rounds).toBeLessThan(10)
        await endBackoff(db)
        await loseLeases(db)
        const last = openWorker(db, 'last', starts)
        await last.claim()
        await last.window()
        await last.reportSent()
        await complete(campaignId)
      }
      await expectInvariant(db)
      expect([nth, starts.filter((id, at) => starts.indexOf(id) < at)]).toEqual([nth, []])
      const rows = await db.selectFrom('outbound_messages').select(['id', 'status']).execute()
      // Every started message was reported here: a late report clears up any doubt.
      expect(rows.filter(({ status }) => status !== 'sent')).toEqual([])
      count++
    }
    expect(count).toBe(140)
  }, 120_000)
})
