/** The mock's receipts, from its numbers for tests to the figures of a campaign: no provider, and no hook. */
import { afterEach, describe, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 60_000
/** End of each number, and what is reported of it. */
const fates = [
  ['000', null, null],
  ['111', null, null],
  ['222', null, null],
  ['001', 'delivered', null],
  ['002', 'undelivered', 'permanent-failure'],
  ['003', 'undelivered', 'temporary-failure'],
  ['004', 'delivered', null],
] as const
const BEFORE = '+447700900'

interface Recipient {
  readonly customer: { readonly phone: string }
  readonly delivery: string | null
  readonly delivery_code: string | null
}

afterEach(releaseServers, LONG)

describe.skipIf(!postgresAvailable)('the mock sender', () => {
  test(
    'reports delivered, undelivered or nothing for the numbers for tests, and delivered for any other',
    async () => {
      const clone = await cloneDatabase()
      const { url } = await startServer({ DATABASE_URL: clone.url, LOG_LEVEL: 'warn', MOCK_SUCCESS_RATE: '1' })
      const { get, post } = openApi(url)
      const customer_ids: number[] = []
      for (const [end] of fates)
        customer_ids.push((await post<{ id: number }>('/customers', { phone: `${BEFORE}${end}` })).id)
      const campaign = { name: 'Numbers', channel: 'sms', base_template: 'Hi' }
      const { id } = await post<{ id: number }>('/campaigns', campaign)
      await post(`/campaigns/${id}/send`, { customer_ids })
      const stats = await until('receipts have come', async () => {
        const now = (await get<{ stats: CampaignStats }>(`/campaigns/${id}`)).stats
        return now.delivered + now.undelivered >= 4 && now
      })
      // Three are awaited.
      expect(stats).toMatchObject({ total: 7, sent: 7, delivered: 2, undelivered: 2, read: 0 })
      const { data } = await get<{ data: Recipient[] }>(`/campaigns/${id}/messages`)
      const told = new Map(data.map(({ customer, ...one }) => [customer.phone, [one.delivery, one.delivery_code]]))
      expect(told).toEqual(new Map(fates.map(([end, ...fate]) => [`${BEFORE}${end}`, fate])))
      const database = openPostgres(clone.url, 1)
      await expectInvariant(database.db)
      await database.close()
      await releaseServers()
      await clone.drop()
    },
    LONG,
  )
})
