/** Campaigns with an approved template over fake providers: processes as in production. */
import { afterEach, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { openApi } from '../../scripts/support/api.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { startFakeSender } from '../support/providers/fake-sender.ts'
import { releaseFakes } from '../support/providers/process.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

afterEach(async () => {
  await releaseServers()
  await releaseFakes()
}, 60_000)

/** Meta's calls may take 20 seconds, and a lease must be twice that. */
const lease = { WORKER_LEASE_SECONDS: '40' }

async function setup(kind: 'whatsapp' | 'twilio', settings: Readonly<Record<string, string>> = {}) {
  const clone = await cloneDatabase()
  const { fake, environment } = await startFakeSender(kind, 'http://127.0.0.1:1', {}, {})
  const { url } = await startServer({
    DATABASE_URL: clone.url,
    LOG_LEVEL: 'warn',
    ...lease,
    ...environment,
    ...settings,
  })
  const database = openPostgres(clone.url, 1)
  const people = [
    { phone: '+254712345001', first_name: 'Amina', prefered_product: 'Lamp' },
    { phone: '+254712345002', first_name: null, prefered_product: 'Bag\nred' },
    { phone: '+254712345003', first_name: 'Otieno', prefered_product: null },
  ]
  const rows = await database.db.insertInto('customers').values(people).returning('id').execute()
  const { get, post } = openApi(url)
  const send = async (template: object) => {
    const campaign = { name: 'Spring', channel: 'whatsapp', base_template: 'Hi {first_name|friend}', template }
    const { id } = await post<{ id: number }>('/campaigns', campaign)
    await post(`/campaigns/${id}/send`, { customer_ids: rows.map(({ id }) => id) })
    return id
  }
  const close = async () => {
    await releaseServers()
    await database.close()
    await clone.drop()
  }
  return { fake, get, send, close }
}

interface Page {
  readonly data: readonly {
    readonly status: string
    readonly last_error: string | null
    readonly rendered_content: string | null
  }[]
}

interface List {
  readonly templates: readonly unknown[]
}

const cases = [
  ['whatsapp', 'spring_sale', {}, ['spring_sale: Amina, Lamp', 'spring_sale: friend, Bag red']],
  [
    'twilio',
    `HX${'a'.repeat(32)}`,
    { WHATSAPP_ROUTE: 'main' },
    ['{"1":"Amina","2":"Lamp"}', '{"1":"friend","2":"Bag red"}'].map(
      (variables) => `HX${'a'.repeat(32)}: ${variables}`,
    ),
  ],
] as const

for (const [kind, name, settings, texts] of cases)
  test.skipIf(!postgresAvailable)(
    `${kind}: each person gets the template with their values, and nobody an empty one`,
    async () => {
      const { fake, get, send, close } = await setup(kind, settings)
      try {
        if (kind === 'whatsapp') expect((await get<List>('/senders/main/templates')).templates).toHaveLength(6)
        const id = await send({ name, language: 'en_US', parameters: ['{first_name|friend}', '{prefered_product}'] })
        await until('it is sent', async () => (await get<{ status: string }>(`/campaigns/${id}`)).status === 'sent')
        expect((await fake.entries('accept')).map(({ text }) => text).sort()).toEqual([...texts].sort())
        const { data } = await get<Page>(`/campaigns/${id}/messages`)
        expect(
          data.map(({ status, last_error, rendered_content }) => [status, last_error ?? rendered_content]),
        ).toEqual([
          ['sent', 'Hi Amina'],
          ['sent', 'Hi friend'],
          ['skipped', 'template.empty_value'],
        ])
      } finally {
        await close()
      }
    },
    60_000,
  )

test.skipIf(!postgresAvailable)(
  'a template that the provider does not know pauses the campaign, and says so',
  async () => {
    const { get, send, close } = await setup('whatsapp')
    try {
      const id = await send({ name: 'autumn_sale', language: 'en_US', parameters: ['a', 'b'] })
      type Shown = { stats: { failed: number; sent: number; skipped: number } }
      const { stats } = await until('it is over', async () => {
        const shown = await get<Shown>(`/campaigns/${id}`)
        return shown.stats.failed === 3 && shown
      })
      expect(stats.sent).toBe(0)
      const { data } = await get<Page>(`/campaigns/${id}/messages`)
      expect(data.map(({ last_error }) => last_error)).toEqual(Array(3).fill('content.refused'))
    } finally {
      await close()
    }
  },
  60_000,
)
