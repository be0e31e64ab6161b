/** The frame of fake providers: behaviours, ledger and posts, by the example of the fake Twilio. */
import { afterEach, describe, expect, test } from 'bun:test'
import { type Answer, draw } from './providers/frame-behaviour.ts'
import { type FakeProcess, releaseFakes, startFake } from './providers/process.ts'
import { twilioAccount } from './providers/twilio-parts.ts'

afterEach(releaseFakes)

const { accountSid, authToken } = twilioAccount
const post = ({ url }: FakeProcess, nth: number, callback?: string) =>
  fetch(`${url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({
      To: `+2547${String(nth).padStart(8, '0')}`,
      From: '+15005550006',
      Body: `message ${nth}`,
      ...(callback && { StatusCallback: `${callback}?m=${nth}` }),
    }),
  })

/** A server of ours that answers posts with these statuses, and then with 200. */
function hookOf(statuses: number[] = []) {
  const bodies: string[] = []
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      bodies.push(await request.text())
      return new Response('', { status: statuses.shift() ?? 200 })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/hook`, bodies, [Symbol.asyncDispose]: () => server.stop(true) }
}

describe('the ledger', () => {
  test('has each call before it is answered, and what became of it', async () => {
    const fake = await startFake('twilio', { answers: { hang: 1 } })
    const call = fetch(`${fake.url}/nowhere`)
    expect((await call).status).toBe(401)
    void post(fake, 1).catch(() => {})
    while ((await fake.counts()).accepts === 0) await Bun.sleep(10)
    const entries = await fake.ledger()
    expect(entries.map(({ what }) => what)).toEqual(['request', 'call', 'accept'])
    expect(entries).toMatchObject([
      { path: '/nowhere', status: 401 },
      { answer: 'hang', messages: 1 },
      { text: 'message 1' },
    ])
  })

  test('shows a message that was taken twice', async () => {
    const fake = await startFake('twilio')
    await using hook = hookOf()
    for (const nth of [1, 1, 2]) await post(fake, nth, hook.url)
    expect((await fake.entries('accept')).map(({ repeat }) => repeat)).toEqual([false, true, false])
  })
})

describe('behaviour', () => {
  test('is drawn by seed and message, not by the order of calls', async () => {
    const answers = { '500': 0.3, '429': 0.3 }
    const runs = await Promise.all(
      [1, 1, 2].map(async (seed, run) => {
        const fake = await startFake('twilio', { seed, answers })
        const order = Array.from({ length: 40 }, (_, nth) => (run === 1 ? 39 - nth : nth))
        const statuses: number[] = []
        for (const nth of order) statuses[nth] = (await post(fake, nth)).status
        return statuses
      }),
    )
    expect(runs[1]).toEqual(runs[0] as number[])
    expect(runs[2]).not.toEqual(runs[0] as number[])
    expect(new Set(runs[0])).toEqual(new Set([201, 429, 500]))
  })

  test('has the shares that it is given', () => {
    const drawn = Array.from({ length: 10_000 }, (_, nth) =>
      draw<Answer>(`1:${nth}`, { cut: 0.2, hang: 0.1 }, 'accept'),
    )
    const share = (name: string) => drawn.filter((one) => one === name).length / drawn.length
    expect(share('cut')).toBeCloseTo(0.2, 1)
    expect(share('hang')).toBeCloseTo(0.1, 1)
    expect(share('accept')).toBeCloseTo(0.7, 1)
  })

  test('changes while the fake runs, and keeps what is not named', async () => {
    const fake = await startFake('twilio', { maxPerSecond: 2 })
    expect((await Promise.all([1, 2, 3].map((nth) => post(fake, nth)))).map(({ status }) => status).sort()).toEqual([
      201, 201, 429,
    ])
    await fake.behave({ retryAfterSeconds: 9 })
    const refused = await post(fake, 4)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '9'])
  })
})

describe('posts', () => {
  test('come again until they are taken, and are counted once', async () => {
    await using hook = hookOf([503, 500])
    const fake = await startFake('twilio')
    await post(fake, 1, hook.url)
    while ((await fake.counts()).posts < 2) await Bun.sleep(20)
    expect(hook.bodies).toHaveLength(4)
    const posts = await fake.entries('post')
    expect(posts.map(({ status }) => status).sort()).toEqual([200, 200, 500, 503])
    expect(posts.map(({ receipts }) => receipts.length)).toEqual([1, 1, 1, 1])
  })

  test('that are refused are given up', async () => {
    await using hook = hookOf([401, 401])
    const fake = await startFake('twilio', { receiptsFirst: true })
    await post(fake, 1, hook.url)
    expect((await fake.entries('post')).map(({ status }) => status)).toEqual([401, 401])
    expect((await fake.counts()).waiting).toBe(0)
  })

  test('are many at once', async () => {
    await using hook = hookOf()
    const fake = await startFake('twilio')
    await Promise.all(Array.from({ length: 100 }, (_, nth) => post(fake, nth, hook.url)))
    while ((await fake.counts()).posts < 200) await Bun.sleep(20)
    const ids = hook.bodies.map((body) => new URLSearchParams(body)).map((fields) => fields.get('MessageSid'))
    expect(new Set(ids).size).toBe(100)
  })
})

test('a fake ends with the process that started it', async () => {
  const fake = await startFake('twilio')
  await releaseFakes()
  expect(fetch(fake.url)).rejects.toThrow()
})
