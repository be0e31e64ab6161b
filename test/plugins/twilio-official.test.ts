/** Twilio's own client against the fake: what the fake does is what Twilio's library understands. */
import { afterEach, expect, test } from 'bun:test'
import twilioClient, { RequestClient, type Twilio, validateRequest } from 'twilio'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { twilioAccount } from '../support/providers/twilio-parts.ts'
import { outbound, startHook } from '../support/sender-use.ts'

afterEach(releaseFakes)

const { accountSid, authToken, apiKeySid, apiKeySecret } = twilioAccount
const from = '+15005550006'

type Options<Data> = Parameters<typeof RequestClient.prototype.request<Data>>[0]

/** Calls the fake where it would call Twilio. */
class Redirected extends RequestClient {
  readonly base: string
  constructor(base: string) {
    super()
    this.base = base
  }
  override request<Data>(options: Options<Data>) {
    return super.request<Data>({ ...options, uri: options.uri.replace('https://api.twilio.com', this.base) })
  }
}

async function setup(behaviour = {}, credentials: readonly [string, string] = [accountSid, authToken]) {
  const fake = await startFake('twilio', behaviour)
  const client: Twilio = twilioClient(...credentials, { accountSid, httpClient: new Redirected(fake.url) })
  return { fake, client }
}

test('a message is created, by the account’s token or by a key', async () => {
  for (const credentials of [
    [accountSid, authToken],
    [apiKeySid, apiKeySecret],
  ] as const) {
    const { client } = await setup({}, credentials)
    const message = await client.messages.create({ to: outbound.to, from, body: 'Hello' })
    expect(message).toMatchObject({ status: 'queued', numSegments: '1', direction: 'outbound-api', errorCode: null })
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/)
    expect(message.dateCreated.getTime()).toBeGreaterThan(Date.now() - 60_000)
  }
})

test('refusals are its exceptions, with their codes', async () => {
  const { client } = await setup({ refuse: { [outbound.to]: '21610' } })
  expect(client.messages.create({ to: outbound.to, from, body: 'x' })).rejects.toMatchObject({
    status: 400,
    code: 21610,
  })
  expect(client.messages.create({ to: '12', from, body: 'x' })).rejects.toMatchObject({ status: 400, code: 21211 })
  const wrong = await setup({}, [accountSid, 'wrong'])
  expect(wrong.client.messages.create({ to: outbound.to, from, body: 'x' })).rejects.toMatchObject({
    status: 401,
    code: 20003,
  })
})

test('the account and the list are read', async () => {
  const { client } = await setup()
  expect(await client.api.v2010.accounts(accountSid).fetch()).toMatchObject({ status: 'active', type: 'Full' })
  expect(await client.messages.list({ limit: 1 })).toEqual([])
})

test('callbacks and inbound messages are signed as it expects', async () => {
  const hook = startHook()
  try {
    hook.pass({ timeoutMs: 1, send: async () => [], hook: () => ({ kind: 'taken', receipts: [], inbound: [] }) })
    const { fake, client } = await setup({ hookUrl: hook.url })
    await client.messages.create({ to: outbound.to, from, body: 'Hello', statusCallback: `${hook.url}?m=1#rc=5` })
    await hook.until(2)
    await fake.inbound({ from: outbound.to, text: 'Ng’ang’a' })
    for (const { url, headers, body } of hook.requests) {
      const fields = Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)))
      expect(validateRequest(authToken, headers.get('x-twilio-signature') ?? '', url, fields)).toBe(true)
    }
    expect(hook.requests).toHaveLength(3)
  } finally {
    await hook.stop()
  }
})
