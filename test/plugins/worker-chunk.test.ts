import { expect, test } from 'bun:test'
import { accepted, openScript, until } from '../support/chunk.ts'
import { range } from '../support/dispatch.ts'

const ids = (from: number, to: number) => range(from, to).map(String)

test('workChunk() sends each message once, and then says that the chunk is done', async () => {
  const { ended, ids: sent, results, last } = openScript(100, { answer: async (call) => accepted(call.message.id) })
  expect(await ended).toBe(100)
  expect(sent()).toEqual(ids(1, 100))
  expect(results().map(({ id }) => id)).toEqual(ids(1, 100))
  expect(last()).toMatchObject({ next: 'done', inFlight: 0, startedUpto: '100' })
})

test('workChunk() finishes a chunk that has no messages left', async () => {
  const { ended, reports } = openScript(0)
  expect(await ended).toBe(0)
  expect(reports).toMatchObject([{ results: [], startedUpto: '0', next: 'done' }])
})

test('workChunk() never has more than a window started and not reported', async () => {
  let reported = 0
  let most = 0
  const script = openScript(60, {
    job: { window: 7 },
    permit: ({ results }) => {
      reported += results.length
      return {}
    },
    answer: async (call) => {
      most = Math.max(most, script.started.length - reported)
      if (Number(call.message.id) % 3 === 0) await Bun.sleep(1)
      return accepted(call.message.id)
    },
  })
  await script.ended
  expect(most).toBe(7)
})

test('workChunk() starts nothing before it is permitted, and says beforehand what it wants to start', async () => {
  const gate = Promise.withResolvers<void>()
  const script = openScript(20, { permit: () => gate.promise.then(() => ({})) })
  await until(() => script.reports.length === 1)
  expect(script.started).toEqual([])
  expect(script.reports).toMatchObject([{ startedUpto: '0', inFlight: 0, wanted: ids(1, 8), next: 'keep' }])
  gate.resolve()
  await until(() => script.started.length === 8)
  script.stop.abort()
  for (const call of script.started) call.answer()
  await script.ended
  expect(script.ids()).toEqual(ids(1, 8))
})

test('workChunk() does not let a slow call hold up the others', async () => {
  const slow = Promise.withResolvers<void>()
  const script = openScript(50, {
    answer: async ({ message }) => {
      if (message.id === '1') await slow.promise
      return accepted(message.id)
    },
  })
  await until(() => script.results().length === 49)
  slow.resolve()
  expect(await script.ended).toBe(50)
  expect(script.results().at(-1)?.id).toBe('1')
})

test('workChunk() gives up a sender that ignores its signal, after its timeout and a grace', async () => {
  const script = openScript(2, { job: { timeoutMs: 5, idempotent: false } })
  await script.ended
  expect(script.started.every(({ signal }) => signal.aborted)).toBe(true)
  expect(script.results()).toMatchObject([
    { id: '1', status: 'unknown', code: 'timeout' },
    { id: '2', status: 'unknown', code: 'timeout' },
  ])
  expect(script.last()?.next).toBe('done')
})

test('workChunk() reports what was accepted after it had been given up', async () => {
  const script = openScript(2, { job: { timeoutMs: 5, idempotent: false, window: 1 } })
  await until(() => script.started.length === 2)
  script.started[0]?.answer()
  await until(() => script.started[1]?.signal.aborted === true)
  await script.ended
  expect(script.results().filter(({ id }) => id === '1')).toMatchObject([{ status: 'unknown' }, { status: 'sent' }])
})

test('kill leaves what is under way open where it may be sent again, and gives the chunk back', async () => {
  const script = openScript(5)
  await until(() => script.started.length === 5)
  script.started[0]?.answer()
  await until(() => script.results().length === 1)
  script.stop.abort()
  script.kill.abort()
  await script.ended
  expect(script.results().map(({ id }) => id)).toEqual(['1'])
  expect(script.last()).toMatchObject({ next: 'release', inFlight: 0, startedUpto: '5' })
})

test('kill makes what is under way unknown where it must not be sent again', async () => {
  const script = openScript(3, { job: { idempotent: false } })
  await until(() => script.started.length === 3)
  script.stop.abort()
  script.kill.abort()
  await script.ended
  expect(script.results().map(({ id, status }) => [id, status])).toEqual(ids(1, 3).map((id) => [id, 'unknown']))
  expect(script.last()).toMatchObject({ next: 'done' })
})

test('stop starts nothing further, waits for what is under way, and gives the chunk back', async () => {
  const script = openScript(20)
  await until(() => script.started.length === 8)
  script.stop.abort()
  for (const call of script.started) call.answer()
  expect(await script.ended).toBe(8)
  expect(script.started.length).toBe(8)
  expect(script.last()).toMatchObject({ next: 'release', startedUpto: '8', inFlight: 0 })
})

test('stop while permits are asked for: nothing is started, and the watermark goes back to where it was', async () => {
  const gate = Promise.withResolvers<void>()
  const script = openScript(20, { permit: () => gate.promise.then(() => ({})) })
  script.stop.abort()
  gate.resolve()
  await script.ended
  expect(script.started).toEqual([])
  expect(script.reports).toMatchObject([
    { wanted: ids(1, 8) },
    { startedUpto: '0', inFlight: 0, wanted: [], next: 'release' },
  ])
})

test('stop when all has been sent: the chunk is done', async () => {
  const script = openScript(5)
  await until(() => script.started.length === 5)
  script.stop.abort()
  for (const call of script.started.slice(1)) call.answer()
  await until(() => script.results().length === 4)
  script.started[0]?.answer()
  await script.ended
  expect(script.last()).toMatchObject({ next: 'done' })
})

test('race 11: a worker whose lease is lost starts nothing further, and still reports', async () => {
  const script = openScript(30, { permit: (_, nth) => (nth === 1 ? {} : { permits: 0 }) })
  await until(() => script.started.length === 8)
  for (const call of script.started) call.answer()
  expect(await script.ended).toBe(8)
  expect(script.started.length).toBe(8)
  expect(script.last()?.next).toBe('release')
})

test('race 12: a process that was suspended while it asked starts nothing', async () => {
  const script = openScript(30, {
    permit: (_, nth) => {
      if (nth === 2) script.pause(20_000)
      return {}
    },
  })
  await until(() => script.started.length === 8)
  for (const call of script.started) call.answer()
  await script.ended
  expect(script.started.length).toBe(8)
  expect(script.last()).toMatchObject({ next: 'release', startedUpto: '8' })
})

test('race 19: a message that cannot be sent is skipped, and the others are not held up', async () => {
  const script = openScript(20, {
    customers: { 3: { first_name: ' ' }, 5: { phone: null } },
    job: { render: ({ first_name }) => first_name ?? '' },
    answer: async (call) => accepted(call.message.id),
  })
  expect(await script.ended).toBe(20)
  expect(script.results().filter(({ status }) => status !== 'sent')).toMatchObject([
    { id: '3', status: 'skipped', code: 'message.empty', attempts: 0 },
    { id: '5', status: 'skipped', code: 'customer.deleted', attempts: 0 },
  ])
  expect(script.started.length).toBe(18)
})

test('race 10: what is in doubt is sent again where that delivers once', async () => {
  const script = openScript(10, { startedUpto: '4', answer: async (call) => accepted(call.message.id) })
  await script.ended
  expect(script.ids()).toEqual(ids(1, 10))
})

test('race 10: what is in doubt becomes unknown where it must not be sent again', async () => {
  const script = openScript(10, {
    startedUpto: '4',
    job: { idempotent: false },
    answer: async (call) => accepted(call.message.id),
  })
  await script.ended
  expect(script.ids()).toEqual(ids(5, 10))
  expect(script.results().slice(0, 4)).toMatchObject(
    ids(1, 4).map((id) => ({ id, status: 'unknown', code: 'lease.lost', attempts: 0 })),
  )
  expect(script.reports.every(({ startedUpto }) => BigInt(startedUpto) >= 4n)).toBe(true)
})

test('race 19: a message whose text throws fails as poisoned at once, and the others are not held up', async () => {
  const poisoned: string[] = []
  const script = openScript(4, {
    answer: async ({ message }) => accepted(message.id),
    job: {
      render: ({ id }) => {
        if (id === '2') throw new Error('broken')
        return 'Hi'
      },
      onPoison: ({ id }) => void poisoned.push(id),
    },
  })
  expect(await script.ended).toBe(4)
  expect(script.results().filter(({ status }) => status === 'sent')).toHaveLength(3)
  expect(script.results().find(({ id }) => id === '2')).toMatchObject({
    status: 'failed',
    code: 'poisoned',
    attempts: 0,
  })
  expect(script.last()?.next).toBe('done')
  expect(poisoned).toEqual(['2'])
})

test('race 19: a message whose text throws, and which may have been sent before, is unknown', async () => {
  const script = openScript(2, {
    startedUpto: '1',
    job: {
      render: () => {
        throw new Error('broken')
      },
    },
  })
  expect(await script.ended).toBe(2)
  expect(script.results().map(({ status, code }) => [status, code])).toEqual([
    ['unknown', 'poisoned'],
    ['failed', 'poisoned'],
  ])
})
