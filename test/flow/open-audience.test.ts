/** An audience in several calls to the running program, with pauses in which all that was queued so far becomes final. */
import { afterEach, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { type Api, openApi } from '../../scripts/support/api.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 90

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
  await releaseFolders()
})

interface Campaign {
  readonly id: number
  readonly status: string
  readonly audience_open: boolean
  readonly stats: { readonly total: number; readonly pending: number; readonly sending: number; readonly sent: number }
}

const create = (api: Api, name: string) =>
  api.post<Campaign>('/campaigns', { name, channel: 'sms', base_template: `${name}: {phone}` })
const read = (api: Api, { id }: Campaign) => api.get<Campaign>(`/campaigns/${id}`)
const send = (api: Api, { id }: Campaign, customer_ids: readonly number[], more?: boolean) =>
  api.post<Campaign>(`/campaigns/${id}/send`, { customer_ids, ...(more && { more }) })

/** Phones for which the provider has a message of the campaign. */
async function reached(ledger: Ledger, name: string): Promise<string[]> {
  const texts = (await ledger.accepts()).map(({ text }) => text)
  return texts.filter((text) => text.startsWith(`${name}:`)).toSorted()
}

test(
  'three calls with long pauses reach everybody once, and the campaign is not sent before the last',
  async () => {
    const folder = await freshFolder()
    const people = makePeople(PEOPLE, 3)
    const ids = await inFolder(folder, (db) => insertPeople(db, people))
    const ledger = await startLedger()
    const sender = { SMS_SENDER: 'http', WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: ledger.url }
    const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'warn', ...sender })
    const api = openApi(server.url)
    const campaign = await create(api, 'several')
    for (const [nth, from] of [0, 30, 60].entries()) {
      const last = nth === 2
      const answer = await send(api, campaign, ids.slice(from, from + 30), !last)
      expect(answer).toMatchObject({ status: 'sending', messages_queued: 30, audience_open: !last })
      if (last) break
      await until('all so far are sent', async () => (await read(api, campaign)).stats.sent === from + 30, LONG)
      // Another campaign that begins and ends afterwards: whatever ends campaigns has come by.
      const other = await create(api, `between ${nth}`)
      await send(api, other, ids.slice(0, 1))
      await until('another is over', async () => (await read(api, other)).status === 'sent', LONG)
      expect(await read(api, campaign)).toMatchObject({ status: 'sending', audience_open: true })
    }
    await until('all is sent', async () => (await read(api, campaign)).status === 'sent', LONG)
    expect(await read(api, campaign)).toMatchObject({ audience_open: false, stats: { total: PEOPLE, sent: PEOPLE } })
    expect(await reached(ledger, 'several')).toEqual(people.map(({ phone }) => `several: ${phone}`).toSorted())
    // Closed after the last of its recipients was sent: over at once.
    const closedLate = await create(api, 'closed late')
    await send(api, closedLate, ids.slice(0, 3), true)
    await until('all of it are sent', async () => (await read(api, closedLate)).stats.sent === 3, LONG)
    expect(await api.post(`/campaigns/${closedLate.id}/close-audience`, undefined)).toMatchObject({ status: 'sent' })
    expect(await server.end()).toBe(0)
  },
  LONG,
)
