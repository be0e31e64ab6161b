/** Random histories of one campaign, step by step against a model in memory: the recipient invariant holds after every step. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import { type Action, pauseLeftOpen, skipCancelled } from '../../core/messaging/campaign/control.ts'
import type { CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { expireLeases, type Lease } from '../../core/messaging/chunk/claim.ts'
import { splitChunk } from '../../core/messaging/chunk/poison.ts'
import type { Result } from '../../core/messaging/chunk/result.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import {
  addCampaign,
  addCustomers,
  endBackoff,
  endLeases,
  leaveOpen,
  openDispatch,
  outcome,
} from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'

/** `npm run chaos` asks for more. */
const RUNS = { pglite: 5, postgres: Number(process.env.MODEL_RUNS ?? 20) }
const CUSTOMERS = 8
const statuses = ['sent', 'failed', 'skipped', 'unknown', 'pending'] as const

const pick = fc.nat({ max: 999 })
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('queue' as const), from: pick, count: pick, more: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const) }) },
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant('split' as const), lease: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('complete' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('control' as const),
      action: fc.constantFrom<Action[]>('pause', 'pause', 'resume', 'resume', 'resume', 'cancel'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reopen' as const),
      change: fc.constantFrom(
        { from: 'failed', to: 'pending' } as const,
        { from: 'unknown', to: 'pending' } as const,
        { from: 'unknown', to: 'sent' } as const,
        { from: 'unknown', to: 'failed' } as const,
      ),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Told {
  readonly lease: Lease
  readonly results: readonly Result[]
  readonly next: 'keep' | 'done' | 'release'
}

/** A message by the rules alone; the database must say the same. */
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
  /** Up to where each chunk's messages may have been started. */
  const watermarks = new Map<string, string>()
  const told: Told[] = []
  let status: CampaignStatus = 'draft'
  let over = false
  let audienceOpen = false
  /** Paused because its audience was left open. */
  let leftOpen = false
  const among = (...some: CampaignStatus[]) => some.includes(status)
  /** A campaign that is over is `sent` once anything of it was. */
  const fold = () => {
    if (over && status !== 'cancelled')
      status = [...model.values()].some((one) => one.status === 'sent') ? 'sent' : 'failed'
  }
  const isLeased = (id: string, { turn }: Modelled) =>
    leases.some((one) => owners.get(one.id) === one.epoch && one.turn === turn && isMember(id, one))
  const skip = async () => {
    await skipCancelled(db)
    if (status !== 'cancelled' || over) return
    for (const [id, message] of model)
      if (message.status === 'pending' && !isLeased(id, message)) move(message, 'skipped')
  }

  /** A call that adds to the audience, or closes it. */
  const go = (more: boolean) => {
    if (status !== 'paused' || leftOpen) status = 'sending'
    leftOpen = false
    audienceOpen = more
  }

  const report = async ({ lease, results, next }: Told) => {
    const ours = owners.get(lease.id) === lease.epoch
    const wanted = next === 'keep' ? [lease.last_id] : []
    const { permits } = await dispatch.flush(lease, { results, wanted, next })
    expect(permits).toBe(ours && next === 'keep' && status === 'sending' ? 1 : 0)
    if (ours) watermarks.set(lease.id, permits > 0 ? lease.last_id : lease.started_upto)
    if (ours && next !== 'keep') owners.delete(lease.id)
    for (const { id, status: told } of results) {
      const message = model.get(id)
      if (!message) throw new Error(`Message ${id} is not in the model`)
      if (message.status === 'pending' && message.turn === lease.turn) move(message, told)
      else if (told === 'sent' && message.status === 'pending') move(message, 'sent')
      else if (told === 'sent') message.status = 'sent'
    }
    fold()
  }

  const act = async (now: Step) => {
    if (now.do === 'queue') {
      const ids = Array.from({ length: 1 + (now.count % 4) }, (_, at) => 1 + ((now.from + at) % CUSTOMERS))
      const before = model.size
      if (among('sent', 'failed', 'cancelled'))
        return expect(dispatch.queue(campaign, ids)).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
      const { queued } = await dispatch.queue(campaign, ids, now.more)
      const rows = await db.selectFrom('outbound_messages').select('id').execute()
      for (const { id } of rows) if (!model.has(id)) model.set(id, { status: 'pending', turn: 0 })
      expect(queued).toBe(model.size - before)
      go(now.more)
    }
    if (now.do === 'close') {
      const closed = audienceOpen
      if (closed) go(false)
      expect(await dispatch.closeAudience(campaign)).toEqual({ status, closed })
    }
    if (now.do === 'leave') {
      if (audienceOpen) await leaveOpen(db, campaign)
      const left = audienceOpen && status === 'sending'
      expect(await pauseLeftOpen(db)).toEqual(left ? [campaign] : [])
      leftOpen ||= left
      if (left) status = 'paused'
    }
    if (now.do === 'claim') {
      await endBackoff(db)
      const lease = await dispatch.claim()
      if (!lease) return
      expect(status).toBe('sending')
      expect(owners.has(lease.id)).toBe(false)
      owners.set(lease.id, lease.epoch)
      watermarks.set(lease.id, lease.started_upto)
      leases.push(lease)
      const waiting = (await dispatch.read(lease)).map(({ id }) => model.get(id))
      expect(waiting.every((one) => one?.status === 'pending' && one.turn === lease.turn)).toBe(true)
    }
    if (now.do === 'flush') {
      const lease = leases[now.lease % (leases.length || 1)]
      if (!lease) return
      const members = [...model.keys()].filter((id) => isMember(id, lease))
      const reported = new Map<string, Result>()
      for (const { message, status: told } of now.report) {
        const id = members[message % members.length]
        if (id !== undefined) reported.set(id, outcome(id, told))
      }
      const open = members.filter((id) => isOpen(id, lease.turn) && !reported.has(id))
      const next = now.next === 'keep' ? 'keep' : open.length === 0 ? 'done' : 'release'
      const flush = { lease, results: [...reported.values()], next } as const
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
      await skip()
    }
    if (now.do === 'split') {
      const lease = leases[now.lease % (leases.length || 1)]
      if (!lease) return
      const ours = owners.get(lease.id) === lease.epoch
      const open = [...model].filter(([id]) => isMember(id, lease) && isOpen(id, lease.turn))
      const startedUpto = watermarks.get(lease.id) ?? '0'
      const { kind } = await splitChunk(db, lease)
      expect(kind).toBe(!ours ? 'lost' : open.length === 1 ? 'ended' : 'split')
      if (!ours) return
      owners.delete(lease.id)
      const last = open.length === 1
      for (const [id, message] of open)
        move(message, !last ? 'pending' : BigInt(id) <= BigInt(startedUpto) ? 'unknown' : 'failed')
      fold()
    }
    if (now.do === 'complete') {
      await skip()
      const done = among('sending', 'cancelled') && !over && !audienceOpen && (await allDone(db))
      expect(await dispatch.complete(campaign)).toBe(done)
      over ||= done
      fold()
    }
    if (now.do === 'control') {
      const from = { pause: ['sending'], resume: ['paused'], cancel: ['draft', 'sending', 'paused'] } as const
      const done = dispatch.control(campaign, now.action)
      if (!among(...from[now.action])) return expect(done).rejects.toMatchObject({ code: 'CAMPAIGN_STATUS_CONFLICT' })
      await done
      status = { pause: 'paused', resume: 'sending', cancel: 'cancelled' }[now.action] as CampaignStatus
      leftOpen = false
      if (now.action === 'cancel') audienceOpen = false
      await skip()
    }
    if (now.do === 'reopen') {
      const { from, to } = now.change
      const done = dispatch.reopen({ campaignId: campaign, ...now.change })
      if (!among('sending', 'paused', 'sent', 'failed'))
        return expect(done).rejects.toMatchObject({ code: 'CAMPAIGN_STATUS_CONFLICT' })
      const moved = [...model.values()].filter((one) => one.status === from)
      expect(await done).toBe(moved.length)
      for (const message of moved) message.status = to
      if (to === 'pending' && moved.length > 0 && over) {
        over = false
        status = 'sending'
      }
      fold()
    }
  }

  const isOpen = (id: string, turn: number) => {
    const message = model.get(id)
    return message?.status === 'pending' && message.turn === turn
  }
  const check = async () => {
    await expectInvariant(db)
    const rows = await db.selectFrom('outbound_messages').select(['id', 'status', 'turn']).execute()
    expect(Object.fromEntries(rows.map(({ id, ...row }) => [id, row]))).toEqual(Object.fromEntries(model))
    const campaigns = await db.selectFrom('campaigns').select(['status', 'completed_at', 'audience_open']).execute()
    expect(campaigns.map((one) => [one.status, one.completed_at !== null, one.audience_open])).toEqual([
      [status, over, audienceOpen],
    ])
  }
  return { act, check }
}

function move(message: Modelled, status: MessageStatus) {
  message.status = status
  message.turn++
}

const isMember = (id: string, { ids, first_id, last_id }: Lease) =>
  ids ? ids.includes(id) : BigInt(id) >= BigInt(first_id) && BigInt(id) <= BigInt(last_id)

async function allDone(db: Kysely<Database>): Promise<boolean> {
  const open = await db.selectFrom('dispatch_chunks').select('id').where('state', '<>', 'done').execute()
  return open.length === 0
}

eachDatabase((database, kind) => {
  beforeEach(() => emptyTables(database().db))

  test('the recipient invariant holds after every step of any history, and messages are what the rules say', async () => {
    const { db } = database()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50, size: 'max' }), async (steps) => {
        await emptyTables(db)
        await addCustomers(db, CUSTOMERS)
        const { act, check } = await openHistory(db)
        await act({ do: 'queue', from: 0, count: 3, more: false })
        for (const each of steps) {
          await act(each)
          await check()
        }
      }),
      { numRuns: RUNS[kind] },
    )
  }, 120_000)
})
