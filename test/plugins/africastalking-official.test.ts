/**
 * Africa's Talking's own client: it works against the fake, and asks for what the africastalking kind asks for. Its addresses
 * are fixed, so that its HTTP library is led to another server.
 */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createRequire } from 'node:module'
// @ts-expect-error The package has no types.
import africastalking from 'africastalking'
import { africasTalkingKind } from '../../plugins/africastalking/plugin.ts'
import { AMINA, BARAKA, CHEBET, messagesTo, never, releaseBatchSenders } from '../support/batch-sender.ts'
import { startFake } from '../support/providers/process.ts'
import { openSender } from '../support/sender-use.ts'

setDefaultTimeout(30_000)

interface AxiosRequest {
  readonly url: string
  readonly baseURL?: string
}
interface Axios {
  defaults: { adapter: unknown }
  getAdapter(name: unknown): (request: AxiosRequest) => Promise<unknown>
}
const axios = createRequire(Bun.resolveSync('africastalking', import.meta.dir))('axios') as Axios
const adapter = axios.defaults.adapter
const servers = new Set<{ stop(closeAll: true): unknown }>()
afterEach(async () => {
  axios.defaults.adapter = adapter
  for (const server of servers) await server.stop(true)
  servers.clear()
  await releaseBatchSenders()
})

const account = { username: 'acme', apiKey: 'key' }

/** The client, with `origin` in the place of https://api.africastalking.com. */
function clientOf(origin: string) {
  const call = axios.getAdapter(adapter)
  axios.defaults.adapter = ({ url, baseURL, ...request }: AxiosRequest) => {
    const { pathname, search, host } = new URL(url, baseURL)
    expect(host).toBe('api.africastalking.com')
    return call({ ...request, url: `${origin}${pathname}${search}` })
  }
  return africastalking(account)
}

const senderTo = (url: string) => openSender(africasTalkingKind, { url, ...account, from: 'ACME' }).sender

describe('the client against the fake', () => {
  test('sends, and finds each recipient with an id, a refusal among them', async () => {
    const fake = await startFake('africastalking', { refuse: { [CHEBET]: '406' } })
    const answer = await clientOf(fake.url).SMS.send({ to: [AMINA, BARAKA, CHEBET], message: 'Habari!', from: 'ACME' })
    const ids = (await fake.entries('accept')).map(({ id }) => id)
    expect(answer.SMSMessageData.Message).toBe('Sent to 2/3 Total Cost: KES 1.6000')
    expect(answer.SMSMessageData.Recipients).toMatchObject([
      { number: AMINA, statusCode: 101, status: 'Success', messageId: ids[0] },
      { number: BARAKA, statusCode: 101, status: 'Success', messageId: ids[1] },
      { number: CHEBET, statusCode: 406, status: 'UserInBlacklist', messageId: 'None' },
    ])
  })

  test('reads the balance that check() tells, and messages from people', async () => {
    const fake = await startFake('africastalking')
    const client = clientOf(fake.url)
    const { UserData } = await client.APPLICATION.fetchApplicationData()
    expect(await senderTo(fake.url).check?.(never)).toEqual({ ok: true, detail: `Balance: ${UserData.balance}` })
    expect(await client.SMS.fetchMessages({ lastReceivedId: 0 })).toEqual({ SMSMessageData: { Messages: [] } })
  })

  test.each(['401', '429', '500'] as const)('is told of a refusal with %s', async (status) => {
    const fake = await startFake('africastalking', { answers: { [status]: 1 } })
    const failed = await clientOf(fake.url)
      .SMS.send({ to: AMINA, message: 'Habari!' })
      .catch((error: { response: unknown }) => error.response)
    expect(failed.status).toBe(Number(status))
  })
})

test('the client and the kind ask for the same', async () => {
  const asked: object[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const { method, url, headers } = request
      const fields = [...new URLSearchParams(await request.text())].sort()
      asked.push({
        method,
        path: new URL(url).pathname,
        key: headers.get('apikey'),
        accept: headers.get('accept'),
        fields,
      })
      return Response.json({ SMSMessageData: { Message: '', Recipients: [] } }, { status: 201 })
    },
  })
  servers.add(server)
  const message = 'Habari ya leo, Ng’ang’a & wote + 100% 😀\nACME'
  await clientOf(server.url.origin).SMS.send({ to: [AMINA, BARAKA], message, from: 'ACME' })
  await senderTo(server.url.origin).send(messagesTo([AMINA, BARAKA], message), never)
  expect(asked).toHaveLength(2)
  expect(asked[1]).toEqual(asked[0] as object)
})
