/** History of one campaign: each step is done on the database and on a model in memory, which must agree. */
import { expect } from 'bun:test'
import type { Kysely } from 'kysely'
import { pauseLeftOpen } from '../../core/messaging/campaign/control.ts'
import { skipCancelled } from '../../core/messaging/campaign/skip-cancelled.ts'
import type { CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { splitChunk } from '../../core/messaging/chunk/poison.ts'
import type { Result } from '../../core/messaging/chunk/result.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import { addCampaign, endBackoff, endLeases, leaveOpen, openDispatch, outcome } from './dispatch.ts'
import type { Step } from './history-steps.ts'
import { expectInvariant } from './invariant.ts'

export const CUSTOMERS = 8

interface Reported {
  readonly lease: Lease
  readonly results: readonly Result[]
  readonly next: 'keep' | 'done' | 'release'
}

/** A message by the rules alone; the database must say the same. */
interface Modelled {
  status: MessageStatus
  turn: number
}

export interface History {
  readonly db: Kysely<Database>
  readonly dispatch: ReturnType<typeof openDispatch>
  readonly campaign: number
  readonly model: Map<string, Modelled>
  /** Every lease so far, of which `owners` names the current ones: chunk to epoch. */
  readonly leases: Lease[]
  readonly owners: Map<string, number>
  /** Highest message of each chunk that may have been started. */
  readonly watermarks: Map<string, string>
  /** Turn of each message that may have been started before its chunk was split. */
  readonly doubts: Map<string, number>
  readonly reports: Reported[]
  status: CampaignStatus
  over: boolean
  audienceOpen: boolean
  /** Paused because its audience was left open. */
  leftOpen: boolean
}

export async function openHistory(db: Kysely<Database>): Promise<History> {
  return {
    db,
    dispatch: openDispatch(db),
    campaign: await addCampaign(db),
    model: new Map(),
    leases: [],
    owners: new Map(),
    watermarks: new Map(),
    doubts: new Map(),
    reports: [],
    status: 'draft',
    over: false,
    audienceOpen: false,
    leftOpen: false,
  }
}

type Act<Name> = (history: History, step: Extract<Step, { do: Name }>) => Promise<unknown>

const acts: { readonly [Name in Step['do']]: Act<Name> } = {
  queue: async (history, { from, count, more }) => {
    const { db, dispatch, campaign, model } = history
    const ids = Array.from({ length: 1 + (count % 4) }, (_, at) => 1 + ((from + at) % CUSTOMERS))
    const before = model.size
    if (['sent', 'failed', 'cancelled'].includes(history.status))
      return expect(dispatch.queue(campaign, ids)).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
    const { queued } = await dispatch.queue(campaign, ids, more)
    const rows = await db.selectFrom('outbound_messages').select('id').execute()
    for (const { id } of rows) if (!model.has(id)) model.set(id, { status: 'pending', turn: 0 })
    expect(queued).toBe(model.size - before)
    continueAudience(history, more)
  },
  close: async (history) => {
    if (history.audienceOpen) continueAudience(history, false)
    const { campaign, status } = history
    expect(await history.dispatch.closeAudience(campaign)).toEqual({ status, audienceOpen: false })
  },
  leave: async (history) => {
    const { db, campaign, audienceOpen } = history
    if (audienceOpen) await leaveOpen(db, campaign)
    const left = audienceOpen && history.status === 'sending'
    expect(await pauseLeftOpen(db)).toEqual(left ? [campaign] : [])
    history.leftOpen ||= left
    if (left) history.status = 'paused'
  },
  claim: async ({ db, dispatch, model, leases, owners, watermarks, status }) => {
    await endBackoff(db)
    const lease = await dispatch.claim()
    if (!lease) return
    expect(status).toBe('sending')
    expect(owners.has(lease.id)).toBe(false)
    owners.set(lease.id, lease.epoch)
    watermarks.set(lease.id, lease.started_upto)
    leases.push(lease)
    const waiting = (await dispatch.read(lease)).map(({ id }) => model.get(id))
    expect(waiting.every((message) => message?.status === 'pending' && message.turn === lease.turn)).toBe(true)
  },
  report: async (history, step) => {
    const lease = pick(history.leases, step.lease)
    if (!lease) return
    const members = [...history.model.keys()].filter((id) => isMember(id, lease))
    const reported = new Map<string, Result>()
    for (const { message, status } of step.results) {
      const id = pick(members, message)
      if (id !== undefined) reported.set(id, outcome(id, status))
    }
    const open = members.filter((id) => isOpen(history.model.get(id), lease) && !reported.has(id))
    const next = step.next === 'keep' ? 'keep' : open.length === 0 ? 'done' : 'release'
    const report = { lease, results: [...reported.values()], next } as const
    history.reports.push(report)
    await writeReport(history, report)
  },
  replay: async (history, step) => {
    const report = pick(history.reports, step.report)
    // Its owner would only repeat it as it was; `done` was right then, and is fenced now.
    if (report && (report.next === 'keep' || !isOwned(history, report.lease))) await writeReport(history, report)
  },
  expire: async (history) => {
    await endLeases(history.db)
    expect(await expireLeases(history.db)).toBe(history.owners.size)
    history.owners.clear()
    await skip(history)
  },
  split: async (history, step) => {
    const lease = pick(history.leases, step.lease)
    if (!lease) return
    const owned = isOwned(history, lease)
    const open = [...history.model].filter(([id, message]) => isMember(id, lease) && isOpen(message, lease))
    const startedUpto = history.watermarks.get(lease.id) ?? '0'
    const { kind } = await splitChunk(history.db, lease)
    expect(kind).toBe(!owned ? 'lost' : open.length === 1 ? 'ended' : 'split')
    if (!owned) return
    history.owners.delete(lease.id)
    const last = open.length === 1
    for (const [id, message] of open) {
      const isStarted = BigInt(id) <= BigInt(startedUpto)
      move(message, !last ? 'pending' : isStarted ? 'unknown' : 'failed')
      if (isStarted) history.doubts.set(id, message.turn)
    }
    foldStatus(history)
  },
  complete: async (history) => {
    await skip(history)
    const { db, dispatch, campaign, status, over, audienceOpen } = history
    const done = ['sending', 'cancelled'].includes(status) && !over && !audienceOpen && (await allDone(db))
    expect(await dispatch.complete(campaign)).toBe(done)
    history.over ||= done
    foldStatus(history)
  },
  control: async (history, { action }) => {
    const from: Record<typeof action, readonly CampaignStatus[]> = {
      pause: ['sending'],
      resume: ['paused'],
      cancel: ['draft', 'sending', 'paused'],
    }
    const done = history.dispatch.control(history.campaign, action)
    if (!from[action].includes(history.status))
      return expect(done).rejects.toMatchObject({ code: 'CAMPAIGN_STATUS_CONFLICT' })
    await done
    history.status = ({ pause: 'paused', resume: 'sending', cancel: 'cancelled' } as const)[action]
    history.leftOpen = false
    if (action === 'cancel') history.audienceOpen = false
    await skip(history)
  },
  reopen: async (history, { change }) => {
    const { dispatch, campaign: campaignId, model, status, over } = history
    const done = dispatch.reopen({ campaignId, ...change })
    if (!['sending', 'paused', 'sent', 'failed'].includes(status))
      return expect(done).rejects.toMatchObject({ code: 'CAMPAIGN_STATUS_CONFLICT' })
    const moved = [...model.values()].filter((message) => message.status === change.from)
    expect(await done).toBe(moved.length)
    for (const message of moved) message.status = change.to
    if (change.to === 'pending' && moved.length > 0 && over) {
      history.over = false
      history.status = 'sending'
    }
    foldStatus(history)
  },
}

/** Does the step on the database and on the model. */
export const act = (history: History, step: Step): Promise<unknown> => acts[step.do](history, step as never)

/** Compares every message and the campaign with the model. */
export async function expectAsModelled({ db, model, status, over, audienceOpen }: History): Promise<void> {
  await expectInvariant(db)
  const rows = await db.selectFrom('outbound_messages').select(['id', 'status', 'turn']).execute()
  expect(Object.fromEntries(rows.map(({ id, ...row }) => [id, row]))).toEqual(Object.fromEntries(model))
  const campaigns = await db.selectFrom('campaigns').select(['status', 'completed_at', 'audience_open']).execute()
  expect(campaigns.map((row) => [row.status, row.completed_at !== null, row.audience_open])).toEqual([
    [status, over, audienceOpen],
  ])
}

/** Reports under the lease, current or not. */
async function writeReport(history: History, { lease, results, next }: Reported): Promise<void> {
  const owned = isOwned(history, lease)
  const wanted = next === 'keep' ? [lease.last_id] : []
  const { permits } = await history.dispatch.report(lease, { results, wanted, next })
  expect(permits).toBe(owned && next === 'keep' && history.status === 'sending' ? 1 : 0)
  if (owned) history.watermarks.set(lease.id, permits > 0 ? lease.last_id : lease.started_upto)
  if (owned && next !== 'keep') history.owners.delete(lease.id)
  for (const { id, status } of results) {
    const message = history.model.get(id)
    if (!message) throw new Error(`Message ${id} is not in the model`)
    if (isOpen(message, lease)) move(message, status)
    else if (status === 'sent' && message.status === 'pending') move(message, 'sent')
    else if (status === 'sent') message.status = 'sent'
  }
  foldStatus(history)
}

/** A call that adds to the audience, or closes it. */
function continueAudience(history: History, more: boolean): void {
  if (history.status !== 'paused' || history.leftOpen) history.status = 'sending'
  history.leftOpen = false
  history.audienceOpen = more
}

/** A campaign that is over is `sent` as soon as one of its messages is. */
function foldStatus(history: History): void {
  if (!history.over || history.status === 'cancelled') return
  history.status = [...history.model.values()].some(({ status }) => status === 'sent') ? 'sent' : 'failed'
}

async function skip(history: History): Promise<void> {
  await skipCancelled(history.db)
  if (history.status !== 'cancelled' || history.over) return
  const current = history.leases.filter((lease) => isOwned(history, lease))
  for (const [id, message] of history.model) {
    const leased = current.some((lease) => lease.turn === message.turn && isMember(id, lease))
    // Race 10: what an owner that is gone may have started.
    const started =
      history.doubts.get(id) === message.turn ||
      history.leases.some(
        (lease) =>
          lease.turn === message.turn &&
          isMember(id, lease) &&
          BigInt(id) <= BigInt(history.watermarks.get(lease.id) ?? '0'),
      )
    if (message.status === 'pending' && !leased) move(message, started ? 'unknown' : 'skipped')
  }
}

function move(message: Modelled, status: MessageStatus): void {
  message.status = status
  message.turn++
}

const pick = <T>(values: readonly T[], number: number): T | undefined => values[number % (values.length || 1)]

const isOwned = ({ owners }: History, { id, epoch }: Lease) => owners.get(id) === epoch

const isOpen = (message: Modelled | undefined, { turn }: Lease) =>
  message?.status === 'pending' && message.turn === turn

const isMember = (id: string, { ids, first_id, last_id }: Lease) =>
  ids ? ids.includes(id) : BigInt(id) >= BigInt(first_id) && BigInt(id) <= BigInt(last_id)

async function allDone(db: Kysely<Database>): Promise<boolean> {
  const open = await db.selectFrom('dispatch_chunks').select('id').where('state', '<>', 'done').execute()
  return open.length === 0
}
