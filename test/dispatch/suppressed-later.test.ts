/** Phones that are suppressed after the messages to them were read: nothing starts any more beyond what was permitted before. */
import { expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { openRecent } from '../../core/messaging/suppressions/recent.ts'
import { lift, suppress } from '../../core/messaging/suppressions/suppress.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { getCampaign, getChunk, loseLeases, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { inertResources } from '../support/inert.ts'
import { sendersByChannel } from '../support/senders.ts'

const PEOPLE = 200
const WINDOW = 8
const config = {
  concurrency: 2,
  window: WINDOW,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 5,
  retainContent: true,
  language: 'en',
}
const phoneOf = (id: number) => `+2547${String(id).padStart(8, '0')}`
const accept = ({ messageId }: OutboundMessage): Outcome => ({ kind: 'accepted', id: `p-${messageId}` })
const optOuts = (ids: readonly number[]) =>
  ids.map((id) => ({ phone: phoneOf(id), channel: 'all', reason: 'opt_out', source: 'inbound' }) as const)
const even = range(1, PEOPLE).filter((id) => id % 2 === 0)

/** A worker that ends with the campaign, or when it is killed. */
function openWorker(db: Kysely<Database>, campaign: number, send: (message: OutboundMessage) => Promise<Outcome>) {
  const { clock, log, process } = inertResources().resources
  const [stop, kill] = [new AbortController(), new AbortController()]
  const take = async () => {
    if ((await getCampaign(db, campaign)).completed_at !== null) stop.abort()
    return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
  }
  const messaging = { senders: sendersByChannel(() => ({ sendOne: send })), work: openWorkService(db) }
  const grant = { clock, log, process, messaging, config, consume: { take, takeNow: () => undefined } }
  return {
    run: async () => openWork(grant as unknown as WorkGrant).work?.(stop.signal, kill.signal),
    kill: () => {
      stop.abort()
      kill.abort()
    },
  }
}

eachDispatch((db) => {
  test('race 38: a report permits nothing that was picked before the latest suppression, and says so', async () => {
    const { take, report } = await startCampaign(db(), 5)
    const lease = await take()
    const begin = openRecent(db())
    const watch = await begin()
    const ask = (known: string) => report(lease, { wanted: [1, 2], known })
    expect(await ask(watch.known())).toMatchObject({ permits: 2, stale: false })
    const picked = watch.known()
    await suppress(db(), optOuts([2, 3]))
    expect(await ask(picked)).toMatchObject({ permits: 0, wait_ms: 0, stale: true })
    expect(await getChunk(db(), lease.id)).toMatchObject({ started_upto: '0', in_flight: 0 })
    // A report that wants nothing has nothing to look at again.
    expect(await report(lease, { wanted: [], known: picked })).toMatchObject({ stale: false })
    await watch.refresh()
    expect([phoneOf(1), phoneOf(2), phoneOf(3)].map(watch.flagsOf)).toEqual([0, 33, 33])
    expect(await ask(watch.known())).toMatchObject({ permits: 2, stale: false })
    await lift(db(), { phones: [phoneOf(3)] })
    expect(await ask(watch.known())).toMatchObject({ permits: 2, stale: false })
    watch.end()
  })

  test('a chunk that is read later needs nothing from before, and one that was read earlier does', async () => {
    const begin = openRecent(db())
    await suppress(db(), optOuts([1]))
    const [early, other] = await Promise.all([begin(), begin()])
    await suppress(db(), optOuts([2]))
    await early.refresh()
    const late = await begin()
    expect([early, other, late].map(({ flagsOf }) => [1, 2].map((id) => flagsOf(phoneOf(id))))).toEqual([
      [0, 33],
      [0, 33],
      [0, 0],
    ])
    for (const watch of [early, other, late]) watch.end()
    expect((await begin()).flagsOf(phoneOf(2))).toBe(0)
  })

  test('race 38: people who opt out in the middle of a chunk are skipped from the next window on', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const started: number[] = []
    let optedOutAt: number | undefined
    const worker = openWorker(db(), campaignId, async (message) => {
      started.push(Number(message.messageId))
      if (started.length === 20) {
        await suppress(db(), optOuts(even))
        optedOutAt = started.length
      }
      return accept(message)
    })
    await worker.run()
    const after = started.slice(optedOutAt).filter((id) => id % 2 === 0)
    // Messages that were permitted before.
    expect(after.length).toBeLessThanOrEqual(WINDOW)
    const skipped = even.length - started.filter((id) => id % 2 === 0).length
    expect(skipped).toBeGreaterThan(even.length / 2)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ sent: PEOPLE - skipped, skipped, unknown: 0 })
    const codes = await db().selectFrom('outbound_messages').select('last_error').distinct().execute()
    expect(codes.map(({ last_error }) => last_error).toSorted()).toEqual([null, 'suppressed.opt_out'].toSorted())
  }, 60_000)

  test('nobody who opted out is written to by the worker that takes over from one that was killed', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const { promise: hanging, resolve: hangs } = Promise.withResolvers<void>()
    let calls = 0
    const first = openWorker(db(), campaignId, async (message) => {
      if (++calls < 20) return accept(message)
      hangs()
      return new Promise<Outcome>(() => {})
    })
    const running = first.run()
    await hanging
    await suppress(db(), optOuts(even))
    first.kill()
    await running
    await loseLeases(db())
    const started: number[] = []
    await openWorker(db(), campaignId, async (message) => {
      started.push(Number(message.messageId))
      return accept(message)
    }).run()
    expect(started.filter((id) => id % 2 === 0)).toEqual([])
    expect(started.length).toBeGreaterThan(PEOPLE / 3)
  }, 60_000)
})
