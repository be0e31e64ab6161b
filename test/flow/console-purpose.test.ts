/** Purpose of a campaign in the console, and recipients who wait for quiet hours to end. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { checkPage } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

interface Found {
  readonly id: number
  readonly purpose: string
  readonly deferred: number
  readonly deferred_until: string | null
  readonly stats: { readonly sent: number }
}

/** Time of day in Nairobi, `minutes` from now. */
const nairobi = (minutes: number): string =>
  new Date(Date.now() + (180 + minutes) * 60_000).toISOString().slice('2030-01-01T'.length, '2030-01-01T00:00'.length)

describe.skipIf(!chromiumAvailable)('the purpose of a campaign in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '1' })
    for (const phone of ['+254712345678', '+254712345679']) await opened.api.post('/customers', { phone })
    await opened.api.put('/policies', { quiet_hours: [{ country: 'KE', from: nairobi(-60), to: nairobi(120) }] })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const find = async (id: number) => opened.api.get<Found>(`/campaigns/${id}`)
  const write = async (name: string) => {
    await page.goto(`${opened.url}/campaigns/new`)
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Text', { exact: true }).fill('Hi')
    await page.getByText('By filter').click()
  }
  const send = async () => {
    await page.getByRole('button', { name: 'Send to 2 people…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send to 2 people now' }).click()
    await page.waitForURL(/campaigns\/\d+$/)
    return Number(page.url().split('/').at(-1))
  }

  test(
    'a new one is marketing: its recipients wait for quiet hours to end, and its page says until when',
    async () => {
      await write('Offer')
      expect(await page.getByLabel('Marketing', { exact: true }).isChecked()).toBe(true)
      await page.getByText('messages wait for quiet hours to end').waitFor()
      const id = await send()
      await until('both wait', async () => (await find(id)).deferred === 2)
      const notice = page.locator('[data-deferred="2"]')
      await notice.getByText('2 recipients wait for quiet hours to end, the first until').waitFor()
      const { purpose, deferred_until } = await find(id)
      expect(purpose).toBe('marketing')
      expect(await notice.locator('time').getAttribute('datetime')).toBe(deferred_until)
      await page.goto(`${opened.url}/campaigns`)
      const line = page.getByRole('row').filter({ hasText: 'Offer' }).locator('.waiting-line')
      await line.getByText('All remaining recipients have quiet hours now. The first until').waitFor()
      const findings = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/campaigns/${id}`)
        await looked.locator('[data-deferred="2"]').waitFor()
      })
      expect(findings).toEqual([])
    },
    LONG,
  )

  test(
    'one of service is sent at any hour, which is said before it is sent and after',
    async () => {
      await write('Reminder')
      await page.getByLabel('Service', { exact: true }).check()
      await page.getByText('messages are sent at any hour').waitFor()
      await page.getByRole('button', { name: 'Send to 2 people…' }).click()
      await page.getByRole('dialog').getByText('Service: sent at any hour, whatever the policies say.').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click()
      const id = await send()
      await until('both got it', async () => (await find(id)).stats.sent === 2)
      expect(await find(id)).toMatchObject({ purpose: 'service', deferred: 0 })
      await page.getByText('Service: policies do not hold it').waitFor()
      expect(await page.locator('[data-deferred]').count()).toBe(0)
    },
    LONG,
  )
})
