/** Random histories of one campaign, step by step against a model in memory: the law holds after every one of them. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import type { Database, MessageStatus } from '../../core/db/schema.ts'
import type { Settled } from '../../core/dispatch/flush.ts'
import { expireLeases, type Lease } from '../../core/dispatch/lease.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, endBackoff, endLeases, openDispatch, outcome } from '../support/dispatch.ts'
import { expectLaw } from '../support/law.ts'

const CUSTOMERS = 8
const statuses = ['sent', 'failed', 'skipped', 'unknown', 'pending'] as const

const pick = fc.nat({ max: 999 })
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('queue' as const), from: pick, count: pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('flush' as const),
      // Any lease that there ever was: the owner's, or a zombie's.
      lease: pick,
      report: fc.array(fc.record({ message: pick, status: fc.constantFrom(...statuses) }), { maxLength: 5 }),
      next: fc.constantFrom('keep' as const, 'finish' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), flush: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('complete' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Told {
  readonly lease: Lease
  readonly settled: readonly Settled[]
  readonly next: 'keep' | 'done' | 'release'
}

/** What a message is, by the rules alone; the database must say the same. */
interface Modelled {
  status: MessageStatus
  turn: number
}

async function openHistory(db: Kysely<Database>) {
  const dispatch = openDispatch(db)
  const campaign = await addCampaign(db)
  const model = new Map<string, Modelled>()
  const leases: Lease[] = []
  const owners = new Map<string, number>()
  const told: Told[] = []
  let over = false

  const report = async ({ lease, settled, next }: Told) => {
    const ours = owners.get(lease.id) === lease.epoch
    const { granted } = await dispatch.flush(lease, { settled, startedUpto: lease.last_id, next })
    expect(granted).toBe(ours && next === 'keep' && !over)
    if (ours && next !== 'keep') owners.delete(lease.id)
    for (const { id, status } of settled) {
      const message = model.get(id)
      if (!message) throw new Error(`Message ${id} is not in the model`)
      if (message.status === 'pending' && message.turn === lease.turn) move(message, status)
      else if (status === 'sent' && message.status === 'pending') move(message, 'sent')
      else if (status === 'sent') message.status = 'sent'
    }
  }

  const act = async (now: Step) => {
    if (now.do === 'queue') {
      const ids = Array.from({ length: 1 + (now.count % 4) }, (_, at) => 1 + ((now.from + at) % CUSTOMERS))
      const before = model.size
      if (over) return expect(dispatch.queue(campaign, ids)).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
      const { queued } = await dispatch.queue(campaign, ids)
      const rows = await db.selectFrom('outbound_messages').select('id').execute()
      for (const { id } of rows) if (!model.has(id)) model.set(id, { status: 'pending', turn: 0 })
      expect(queued).toBe(model.size - before)
    }
    if (now.do === 'claim') {
      await endBackoff(db)
      const lease = await dispatch.claim()
      if (!lease) return
      expect(owners.has(lease.id)).toBe(false)
      owners.set(lease.id, lease.epoch)
      leases.push(lease)
      const waiting = (await dispatch.read(lease)).map(({ id }) => model.get(id))
      expect(waiting.every((one) => one?.status === 'pending' && one.turn === lease.turn)).toBe(true)
    }
    if (now.do === 'flush') {
      const lease = leases[now.lease % (leases.length || 1)]
      if (!lease) return
      const members = lease.ids ?? [...model.keys()].filter((id) => within(id, lease))
      const settled = new Map<string, Settled>()
      for (const { message, status } of now.report) {
        const id = members[message % members.length]
        if (id !== undefined) settled.set(id, outcome(id, status))
      }
      const open = members.filter((id) => isOpen(id, lease.turn) && !settled.has(id))
      const next = now.next === 'keep' ? 'keep' : open.length === 0 ? 'done' : 'release'
      const flush = { lease, settled: [...settled.values()], next } as const
      told.push(flush)
      await report(flush)
    }
    if (now.do === 'replay') {
      const flush = told[now.flush % (told.length || 1)]
      // Its owner would only repeat it as it was; `done` was right then, and is fenced now.
      if (flush && (flush.next === 'keep' || owners.get(flush.lease.id) !== flush.lease.epoch)) await report(flush)
    }
    if (now.do === 'expire') {
      await endLeases(db)
      expect(await expireLeases(db)).toBe(owners.size)
      owners.clear()
    }
    if (now.do === 'complete') {
      const done = model.size > 0 && !over && (await allDone(db))
      if (model.size === 0) return
      expect(await dispatch.complete(campaign)).toBe(done)
      over ||= done
    }
  }

  const isOpen = (id: string, turn: number) => {
    const message = model.get(id)
    return message?.status === 'pending' && message.turn === turn
  }
  const check = async () => {
    await expectLaw(db)
    const rows = await db.selectFrom('outbound_messages').select(['id', 'status', 'turn']).execute()
    expect(Object.fromEntries(rows.map(({ id, ...row }) => [id, row]))).toEqual(Object.fromEntries(model))
  }
  return { act, check }
}

function move(message: Modelled, status: MessageStatus) {
  message.status = status
  message.turn++
}

const within = (id: string, lease: Lease) => BigInt(id) >= BigInt(lease.first_id) && BigInt(id) <= BigInt(lease.last_id)

async function allDone(db: Kysely<Database>): Promise<boolean> {
  const open = await db.selectFrom('dispatch_chunks').select('id').where('state', '<>', 'done').execute()
  return open.length === 0
}

eachDatabase((database, kind) => {
  beforeEach(() => emptyTables(database().db))

  test('the law holds after every step of any history, and messages are what the rules say', async () => {
    const { db } = database()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
        await emptyTables(db)
        await addCustomers(db, CUSTOMERS)
        const { act, check } = await openHistory(db)
        await act({ do: 'queue', from: 0, count: 3 })
        for (const each of steps) {
          await act(each)
          await check()
        }
      }),
      { numRuns: kind === 'pglite' ? 5 : 20 },
    )
  }, 120_000)
})
