/** Start of scheduled campaigns, by the provider's ledger: not before their time, and within a second of it. */
import { afterEach, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { type Api, openApi } from '../../scripts/support/api.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 20
const IN_TIME_MS = 1000
/** Latest start where only the order of times matters: the machine may be busy with other tests. */
const BY_THEN_MS = 5000

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
  await releaseFolders()
})

interface Campaign {
  readonly id: number
  readonly name: string
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
    SMS_IDEMPOTENT: 'on',
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
  api.post<{ status: string; messages_queued: number }>(`/campaigns/${id}/send`, { customer_ids })
const read = (api: Api, { id }: Campaign) => api.get<Campaign>(`/campaigns/${id}`)

/** The moment as a clock on the wall says it so far east of Greenwich, to the millisecond. */
function written(at: number, offset: string): string {
  if (offset === 'Z') return new Date(at).toISOString()
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  const east = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
  return new Date(at + east).toISOString().slice(0, -1) + offset
}

/** Number of the campaign's messages that arrived at the provider, and the time of the first. */
async function arrivals(ledger: Ledger, name: string) {
  const times = (await ledger.accepts()).filter(({ text }) => text.startsWith(`${name}:`)).map(({ at }) => at)
  return { count: times.length, first: Math.min(...times) }
}

/**
 * Fails unless all of it arrived, and nothing before its time.
 * @returns how many milliseconds after its time the first message arrived
 */
async function lateness(ledger: Ledger, name: string, at: number): Promise<number> {
  const { count, first } = await arrivals(ledger, name)
  expect({ name, count }).toEqual({ name, count: PEOPLE })
  expect(first - at).toBeGreaterThanOrEqual(0)
  return first - at
}

const untilSent = (api: Api, campaign: Campaign) =>
  until(`${campaign.name} is sent`, async () => (await read(api, campaign)).status === 'sent')

test(
  'whatever offset a time is given in, the campaign starts within a second of it, and never before',
  async () => {
    const { api, ids, ledger, server } = await setup()
    const offsets = ['Z', '+03:00', '-08:00', '+05:45', '+14:00']
    const round = async (nth: number) => {
      const at = Date.now() + 2500
      const campaigns = await Promise.all(
        offsets.map(async (offset) => {
          const campaign = await create(api, `${nth}at${offset}`, written(at, offset))
          expect(campaign.status).toBe('scheduled')
          expect(await send(api, campaign, ids)).toMatchObject({ status: 'scheduled', messages_queued: PEOPLE })
          return campaign
        }),
      )
      // It is not time yet, or nothing had to wait.
      expect(Date.now()).toBeLessThan(at)
      for (const campaign of campaigns) await untilSent(api, campaign)
      const late = await Promise.all(campaigns.map(({ name }) => lateness(ledger, name, at)))
      console.log(`first message after the time: ${late.join(', ')} ms`)
      return Math.max(...late)
    }
    // The best of three: the machine may be busy with other tests. None of them may come before its time.
    let latest = Number.POSITIVE_INFINITY
    for (let nth = 0; nth < 3 && latest >= IN_TIME_MS; nth++) latest = await round(nth)
    expect(latest).toBeLessThan(IN_TIME_MS)
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
    await untilSent(api, other)
    expect((await read(api, late)).status).toBe('scheduled')
    const asked = Date.now()
    expect(await send(api, late, ids)).toMatchObject({ status: 'sending', messages_queued: PEOPLE })
    await untilSent(api, late)
    expect(await lateness(ledger, 'late', asked)).toBeLessThan(BY_THEN_MS)
  },
  LONG,
)

test(
  'a time may be moved to either side',
  async () => {
    const { api, ids, ledger } = await setup()
    const begun = Date.now()
    const times = { sooner: begun + 3_600_000, later: begun + 1500 }
    const [sooner, later] = [
      await create(api, 'sooner', new Date(times.sooner).toISOString()),
      await create(api, 'later', new Date(times.later).toISOString()),
    ]
    for (const campaign of [sooner, later])
      expect(await send(api, campaign, ids)).toMatchObject({ status: 'scheduled', messages_queued: PEOPLE })
    const move = async (campaign: Campaign, at: number) => {
      const moved = await api.patch<Campaign>(`/campaigns/${campaign.id}`, { scheduled_at: new Date(at).toISOString() })
      expect(moved).toMatchObject({ status: 'scheduled', scheduled_at: new Date(at).toISOString() })
    }
    await move(later, begun + 4000)
    await move(sooner, begun + 2500)
    // The later time is still ahead, or its campaign had begun by the old one.
    expect(Date.now()).toBeLessThan(times.later)
    await untilSent(api, sooner)
    expect((await read(api, later)).status).toBe('scheduled')
    await untilSent(api, later)
    expect(await lateness(ledger, 'sooner', begun + 2500)).toBeLessThan(BY_THEN_MS)
    expect(await lateness(ledger, 'later', begun + 4000)).toBeLessThan(BY_THEN_MS)
  },
  LONG,
)

test(
  'a time outlasts a restart, and one that passed meanwhile is made up for at once',
  async () => {
    const { api, ids, ledger, server, start } = await setup()
    const begun = Date.now()
    const times = { passed: begun + 2000, ahead: begun + 20_000 }
    const [passed, ahead] = [
      await create(api, 'passed', new Date(times.passed).toISOString()),
      await create(api, 'ahead', new Date(times.ahead).toISOString()),
    ]
    for (const campaign of [passed, ahead]) expect((await send(api, campaign, ids)).status).toBe('scheduled')
    expect(await server.end()).toBe(0)
    expect(await ledger.accepts()).toEqual([])
    // The time is still ahead, or the campaign fell due while the process still ran.
    expect(Date.now()).toBeLessThan(times.passed)
    // Long enough that no look at what is due just now would find it.
    await until('the first time is well past', () => Date.now() > times.passed + 2000)
    const starting = Date.now()
    const again = await start()
    const healthy = Date.now()
    expect(healthy).toBeLessThan(times.ahead)
    for (const campaign of [passed, ahead]) await untilSent(again.api, campaign)
    const { count, first } = await arrivals(ledger, 'passed')
    expect(count).toBe(PEOPLE)
    expect(first).toBeGreaterThan(starting)
    expect(first).toBeLessThan(healthy + BY_THEN_MS)
    expect(await lateness(ledger, 'ahead', times.ahead)).toBeLessThan(BY_THEN_MS)
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
      expect((await send(api, campaign, ids)).status).toBe('sending')
      const answered = Date.now()
      await untilSent(api, campaign)
      delays.push((await arrivals(ledger, `now${time}`)).first - answered)
    }
    console.log(`first message after the answer: ${delays.join(', ')} ms`)
    expect(Math.min(...delays)).toBeLessThan(100)
  },
  LONG,
)
