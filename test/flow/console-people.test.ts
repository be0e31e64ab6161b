/** Finding people in the console: recipients by name, from a figure to those behind it, and what a customer was sent. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('people in the console', () => {
  let opened: Console
  let page: Page
  let url: string
  let id: number

  beforeAll(async () => {
    opened = await openConsole({
      SAMPLE_DATA: 'off',
      MOCK_SUCCESS_RATE: '0.5',
      MOCK_SEED: '3',
      WORKER_MAX_ATTEMPTS: '2',
      WORKER_BACKOFF_MS: '50',
    })
    const { api } = opened
    url = opened.url
    for (let nth = 0; nth < 12; nth++)
      await api.post('/customers', {
        phone: `07120000${String(nth).padStart(2, '0')}`,
        first_name: `Person${nth}`,
        last_name: 'Otieno',
      })
    id = (
      await api.post<{ id: number }>('/campaigns', { name: 'Found', channel: 'sms', base_template: 'Hi {first_name}' })
    ).id
    const ids = Array.from({ length: 12 }, (_, nth) => nth + 1)
    await api.post(`/campaigns/${id}/send`, { customer_ids: ids })
    await until('it is sent', async () => {
      const { status } = await api.get<{ status: string }>(`/campaigns/${id}`)
      return status !== 'sending'
    })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const rows = () => page.locator('.recipients tbody tr')
  const list = async (status: string) =>
    (await opened.api.get<{ data: { history: unknown[] }[] }>(`/campaigns/${id}/messages?status=${status}`)).data

  test(
    'a recipient is found by name, and the address keeps the filter through reload and back',
    async () => {
      await page.goto(`${url}/campaigns/${id}`)
      await page.getByLabel('Search by name or phone').fill('otieno person7')
      await until('one is found', async () => (await rows().count()) === 1)
      expect(await rows().textContent()).toContain('Person7 Otieno')
      expect(new URL(page.url()).searchParams.get('q')).toBe('otieno person7')
      await page.reload()
      await until('one is found again', async () => (await rows().count()) === 1)
      expect(await page.getByLabel('Search by name or phone').inputValue()).toBe('otieno person7')
      await page.getByRole('link', { name: 'Customers', exact: true }).click()
      await page.getByRole('heading', { name: 'Customers' }).waitFor()
      await page.goBack()
      await until('one is found after going back', async () => (await rows().count()) === 1)
      expect(await page.getByLabel('Search by name or phone').inputValue()).toBe('otieno person7')
    },
    LONG,
  )

  test(
    'a figure leads to the recipients behind it',
    async () => {
      const failed = (await list('failed')).length
      expect(failed).toBeGreaterThan(0)
      await page.goto(`${url}/campaigns/${id}`)
      await page
        .getByRole('link', { name: String(failed), exact: true })
        .first()
        .click()
      await until('those that failed are shown', async () => (await rows().count()) === failed)
      expect(new URL(page.url()).searchParams.get('status')).toBe('failed')
      expect(await page.getByLabel('Status', { exact: true }).inputValue()).toBe('failed')
      expect(new Set(await rows().locator('.badge').allTextContents())).toEqual(new Set(['failed']))
    },
    LONG,
  )

  test(
    'the tries of a recipient are opened with the keyboard and with a tap',
    async () => {
      await page.goto(`${url}/campaigns/${id}?status=failed`)
      const tries = rows().first().locator('details')
      await tries.locator('summary').focus()
      await page.keyboard.press('Enter')
      await tries.getByText('The provider refused the message').first().waitFor()
      expect(await tries.locator('li').count()).toBe((await list('failed'))[0]?.history.length ?? -1)
      const touch = await opened.browser.newContext({ hasTouch: true, viewport: { width: 390, height: 800 } })
      const phone = await touch.newPage()
      await phone.goto(`${url}/campaigns/${id}?status=failed`)
      const first = phone.locator('.recipients tbody tr').first().locator('details')
      await first.locator('summary').tap()
      await first.getByText('The provider refused the message').first().waitFor()
      await touch.close()
    },
    LONG,
  )

  test(
    'a customer’s page shows what they were sent, and leads to the campaign and back',
    async () => {
      await page.goto(`${url}/campaigns/${id}?q=person3`)
      await page.getByRole('link', { name: 'Person3 Otieno' }).click()
      await page.getByRole('heading', { name: 'Person3 Otieno' }).waitFor()
      const message = page.locator('.messages tbody tr')
      await message.getByRole('link', { name: 'Found' }).waitFor()
      expect(await message.textContent()).toMatch(/Hi Person3|The provider refused/)
      await message.getByRole('link', { name: 'Found' }).click()
      await page.getByRole('heading', { name: 'Found' }).waitFor()
      await page.goto(`${url}/customers?q=person5`)
      await page.getByRole('link', { name: 'Person5 Otieno' }).click()
      await page.getByRole('heading', { name: 'What they were sent' }).waitFor()
      await page.goBack()
      await page.getByText('1 to 1 of 1').waitFor()
      await page.goto(`${url}/customers/999999`)
      await page.getByText('Customer not found').waitFor()
    },
    LONG,
  )
})
