import { expect, test } from 'bun:test'
import { Outage } from '../../core/errors.ts'
import { withPatience } from '../../core/http/patience.ts'
import { manualClock, settled } from '../support/clock.ts'

const request = new Request('http://localhost/customers')
const missing = () => Promise.reject(new Outage('DATABASE_STANDBY_MISSING', 'The database waits'))
const silent = () => new Promise<never>(() => {})

/** A request whose answer comes when the test gives it. */
function open(confirm: () => Promise<void>) {
  const clock = manualClock()
  const answer = Promise.withResolvers<Response>()
  let ended: unknown
  const running = withPatience(() => answer.promise, confirm, clock)(request)
  Promise.resolve(running).then(
    (response) => {
      ended = response.status
    },
    (error) => {
      ended = error
    },
  )
  return { clock, answer: () => answer.resolve(new Response()), ended: () => settled().then(() => ended) }
}

test('withPatience() answers what takes long while the database confirms commits', async () => {
  let asked = 0
  const { clock, answer, ended } = open(async () => void asked++)
  await clock.turn(60_000)
  expect([await ended(), asked]).toEqual([undefined, 12])
  answer()
  expect(await ended()).toBe(200)
  expect(clock.sleepers()).toEqual([])
})

test.each([
  [
    'commits wait for a standby',
    missing,
    5000,
    'DATABASE_STANDBY_MISSING',
    /^The database waits\. If this was a write, it/,
  ],
  [
    'the database answers nothing',
    silent,
    15_000,
    'DATABASE_UNAVAILABLE',
    /^The database does not answer\. If this was/,
  ],
] as const)('withPatience() ends a request when %s', async (_, confirm, ms, code, message) => {
  const { clock, answer, ended } = open(confirm)
  await clock.turn(ms - 1)
  expect(await ended()).toBeUndefined()
  await clock.turn(1)
  expect(await ended()).toMatchObject({ code, message: expect.stringMatching(message) })
  answer()
})

test('withPatience() waits on when only the connection that asks is lost', async () => {
  const { clock, answer, ended } = open(() => Promise.reject(Object.assign(new Error(), { code: 'CONNECTION_CLOSED' })))
  await clock.turn(20_000)
  expect(await ended()).toBeUndefined()
  answer()
  expect(await ended()).toBe(200)
})
