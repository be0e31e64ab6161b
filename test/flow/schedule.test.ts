/** When campaigns start, by the provider's ledger: not before their time, and within a second of it. */
import { afterEach, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { type Api, openApi } from '../../scripts/support/api.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 20

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
  await releaseFolders()
})

interface Campaign {
  readonly id: number
  readonly status: string
}

async function setup() {
  const folder = await freshFolder()
  const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 3)))
  const ledger = await startLedger()
  const settings = {
    DATA_DIR: folder,
    SAMPLE_DATA: 'off',
    LOG_LEVEL: 'warn',
    SMS_SENDER: 'http',
    WHATSAPP_SENDER: 'http',
    HTTP_SENDER_URL: ledger.url,
  }
  const start = async () => {
    const server = await startServer(settings)
    return { server, api: openApi(server.url) }
  }
  return { ids, ledger, start, ...(await start()) }
}

const create = (api: Api, name: string, scheduled_at?: string) =>
  api.post<Campaign>('/campaigns', { name, channel: 'sms', base_template: `${name}: {phone}`, scheduled_at })
const send = (api: Api, { id }: Campaign, customer_ids: readonly number[]) =>
  api.post<Campaign & { messages_queued: number }>(`/campaigns/${id}/send`, { customer_ids })
const read = (api: Api, { id }: Campaign) => api.get<Campaign>(`/campaigns/${id}`)

/** The moment as a clock on the wall says it so far east of Greenwich, to the millisecond. */
function written(at: number, offset: string): string {
  if (offset === 'Z') return new Date(at).toISOString()
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  const east = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
  return new Date(at + east).toISOString().slice(0, -1) + offset
}

/** When the first and the last message of the campaign arrived at the provider. */
async function arrivals(ledger: Ledger, name: string) {
  const times = (await ledger.accepts()).filter(({ text }) => text.startsWith(`${name}:`)).map(({ at }) => at)
  return { count: times.length, first: Math.min(...times) }
}

test(
  'whatever offset a time is given in, the campaign starts within a second of it, and never before',
  async () => {
    const { api, ids, ledger, server } = await setup()
    const at = Date.now() + 2500
    const offsets = ['Z', '+03:00', '-08:00', '+05:45', '+14:00']
    const campaigns = await Promise.all(
      offsets.map(async (offset) => {
        const campaign = await create(api, `at${offset}`, written(at, offset))
        expect(campaign.status).toBe('scheduled')
        expect(await send(api, campaign, ids)).toMatchObject({ status: 'scheduled', messages_queued: PEOPLE })
        return campaign
      }),
    )
    for (const campaign of campaigns)
      await until('it is sent', async () => (await read(api, campaign)).status === 'sent')
    for (const offset of offsets) {
      const { count, first } = await arrivals(ledger, `at${offset}`)
      expect(count).toBe(PEOPLE)
      expect(first).toBeGreaterThanOrEqual(at)
      expect(first).toBeLessThan(at + 1000)
    }
    expect(await server.end()).toBe(0)
  },
  LONG,
)

test(
  'a campaign whose time has come waits for recipients, and starts with them',
  async () => {
    const { api, ids, ledger } = await setup()
    const late = await create(api, 'late', new Date(Date.now() + 300).toISOString())
    const other = await create(api, 'other', new Date(Date.now() + 1500).toISOString())
    await send(api, other, ids)
    // The scheduler has looked after the time of the first one by then.
    await until('the other one is sent', async () => (await read(api, other)).status === 'sent')
    expect((await read(api, late)).status).toBe('scheduled')
    expect((await send(api, late, ids)).status).toBe('sending')
    await until('it is sent', async () => (await read(api, late)).status === 'sent')
    expect((await arrivals(ledger, 'late')).count).toBe(PEOPLE)
  },
  LONG,
)

test(
  'a time may be moved to either side',
  async () => {
    const { api, ids, ledger } = await setup()
    const begun = Date.now()
    const [sooner, later] = [
      await create(api, 'sooner', new Date(begun + 3_600_000).toISOString()),
      await create(api, 'later', new Date(begun + 1500).toISOString()),
    ]
    for (const campaign of [sooner, later]) await send(api, campaign, ids)
    const patch = (campaign: Campaign, at: number) =>
      api.patch<Campaign>(`/campaigns/${campaign.id}`, { scheduled_at: new Date(at).toISOString() })
    await patch(later, begun + 3_600_000)
    const at = Date.now() + 2000
    expect((await patch(sooner, at)).status).toBe('scheduled')
    await until('it is sent', async () => (await read(api, sooner)).status === 'sent')
    const { first } = await arrivals(ledger, 'sooner')
    expect(first).toBeGreaterThanOrEqual(at)
    expect(first).toBeLessThan(at + 1000)
    expect((await read(api, later)).status).toBe('scheduled')
    expect((await arrivals(ledger, 'later')).count).toBe(0)
  },
  LONG,
)

test(
  'a time outlasts a restart, and one that passed meanwhile is made up for at once',
  async () => {
    const { api, ids, ledger, server, start } = await setup()
    const begun = Date.now()
    const [passed, ahead] = [
      await create(api, 'passed', new Date(begun + 700).toISOString()),
      await create(api, 'ahead', new Date(begun + 5000).toISOString()),
    ]
    for (const campaign of [passed, ahead]) await send(api, campaign, ids)
    expect(await server.end()).toBe(0)
    expect(await ledger.accepts()).toEqual([])
    await until('the first time has passed', () => Date.now() > begun + 1000)
    const again = await start()
    const healthy = Date.now()
    for (const campaign of [passed, ahead])
      await until('it is sent', async () => (await read(again.api, campaign)).status === 'sent')
    expect((await arrivals(ledger, 'passed')).first).toBeLessThan(healthy + 1000)
    const { first } = await arrivals(ledger, 'ahead')
    expect(first).toBeGreaterThanOrEqual(begun + 5000)
    expect(first).toBeLessThan(begun + 6000)
  },
  LONG,
)

test(
  'the first message of an immediate campaign leaves within 100 ms of the answer',
  async () => {
    const { api, ids, ledger } = await setup()
    const delays: number[] = []
    // The best of some: the machine may be busy with other tests.
    for (let time = 0; time < 10; time++) {
      const campaign = await create(api, `now${time}`)
      await send(api, campaign, ids)
      const answered = Date.now()
      await until('it is sent', async () => (await read(api, campaign)).status === 'sent')
      delays.push((await arrivals(ledger, `now${time}`)).first - answered)
    }
    console.log(`first message after the answer: ${delays.join(', ')} ms`)
    expect(Math.min(...delays)).toBeLessThan(100)
  },
  LONG,
)
