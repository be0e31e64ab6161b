/** Caps in a worker: places are reserved before permits are asked for, and only for a chunk of which somebody may be sent to. */
import { expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import type { Asked } from '../../core/messaging/policy/reserve.ts'
import { openChunkCaps } from '../../plugins/worker/caps.ts'
import { accepted, openScript, type Script } from '../support/chunk.ts'
import { inertResources } from '../support/inert.ts'

const caps = { cap_messages: [1], cap_seconds: [86_400], cap_channels: [null], keep: 86_400 }
const answer: NonNullable<Script['answer']> = async ({ message }) => accepted(message.id)

/** @param refuses the messages that the database refuses, at call number `nth`, from 1 */
async function work(
  size: number,
  refuses: (id: number, nth: number) => boolean,
  { limited = null, job, ...script }: Script & { readonly limited?: 'message' | null } = {},
) {
  const asked: Asked[] = []
  const events: string[] = []
  let passed = 0
  const clock = { ...systemClock, elapsed: () => passed }
  const chunkCaps = openChunkCaps(
    { channel: 'sms', limited, probe: false, started_upto: script.startedUpto ?? '0' } as Parameters<
      typeof openChunkCaps
    >[0],
    {
      caps,
      leaseSeconds: 30,
      window: 8,
      trying: { clock, log: inertResources().resources.log, signal: new AbortController().signal },
      reserve: async (one) => {
        asked.push(one)
        events.push('reserved')
        return new Set(one.ids.filter((id) => refuses(Number(id), asked.length)))
      },
    },
  )
  const opened = openScript(size, {
    ...script,
    job: { clock, ...job, caps: chunkCaps },
    answer,
    permit: async (report, nth) => {
      events.push(`report ${report.wanted.length}`)
      return (await script.permit?.(report, nth)) ?? {}
    },
  })
  const pass = (ms: number) => {
    passed += ms
  }
  return { ...opened, asked, events, pass, byId: () => new Map(opened.results().map((result) => [result.id, result])) }
}

test('places of the whole chunk are reserved once, before the first permits', async () => {
  const { ended, asked, events, ids } = await work(20, () => false)
  await ended
  expect(asked.map(({ ids }) => ids.length)).toEqual([20])
  expect(events.slice(0, 2)).toEqual(['reserved', 'report 8'])
  expect(ids().length).toBe(20)
})

test('who is refused is skipped as capped without a call, and the others take the room', async () => {
  const { ended, byId, ids, last } = await work(20, (id) => id % 3 !== 0)
  await ended
  expect(ids()).toEqual(['3', '6', '9', '12', '15', '18'])
  expect(byId().get('1')).toMatchObject({ status: 'skipped', code: 'capped', attempts: 0 })
  expect([...byId().values()].filter(({ code }) => code === 'capped').length).toBe(14)
  expect(last()).toMatchObject({ next: 'done' })
})

test('a chunk of which everybody is refused is done in one report', async () => {
  const { ended, reports } = await work(20, () => true)
  await ended
  expect(reports.map(({ results, next }) => [results.length, next])).toEqual([[20, 'done']])
})

test('nothing is reserved where everybody waits, and a message is asked about after all other reasons', async () => {
  const wait: Policy = { name: 'wait', decide: () => ({ kind: 'defer', ms: 1000, until: 1_900_000_000_000 }) }
  const waiting = await work(20, () => true, { job: { quietHours: wait } })
  await waiting.ended
  expect(waiting.asked).toEqual([])
  const refuse: Policy = { name: 'refuse', decide: () => ({ kind: 'skip', code: 'policy.refused' }) }
  const refused = await work(3, () => true, { job: { policies: [refuse] } })
  await refused.ended
  expect([...refused.byId().values()].map(({ code }) => code)).toEqual(Array(3).fill('policy.refused'))
  expect(refused.asked).toEqual([])
})

test('a message in doubt that is refused is not called skipped: it may have been sent', async () => {
  const { ended, byId } = await work(2, () => true, { startedUpto: '1' })
  await ended
  expect(byId().get('1')).toMatchObject({ status: 'unknown', code: 'lease.lost' })
  expect(byId().get('2')).toMatchObject({ status: 'skipped', code: 'capped' })
})

test('of a limited sender a window is reserved ahead, and asked for again once its places are old', async () => {
  let asks = 0
  const opened = await work(20, () => false, {
    limited: 'message',
    permit: ({ wanted }) => {
      if (wanted.length === 0 || ++asks > 2) return {}
      // The third ask comes when the places hold no longer.
      opened.pass(15_000)
      return { permits: 1, wait_ms: 1 }
    },
  })
  await opened.ended
  const [first, second] = opened.asked.map(({ ids }) => ids)
  expect(first).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16'])
  expect(second?.[0]).toBe('3')
  expect(opened.ids().length).toBe(20)
})
