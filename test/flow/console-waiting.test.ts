/** A campaign that stands still, as the console shows it: the reason on every screen, and no speed that is not so. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000
const REASON = 'SMS sending is paused because the provider keeps rejecting messages'
const TEST_SENDER = 'Test sender: nobody receives these messages'

describe.skipIf(!chromiumAvailable)('a campaign that stands still', () => {
  let opened: Console
  let page: Page
  let id: number
  let url: string

  beforeAll(async () => {
    // The provider refuses everything, and many recipients are left when that is found out.
    opened = await openConsole({ MOCK_SUCCESS_RATE: '0', MOCK_LATENCY_MS: '20', WORKER_MAX_ATTEMPTS: '1' })
    const { api } = opened
    const lines = Array.from({ length: 3000 }, (_, nth) => `07120${String(nth).padStart(5, '0')}`)
    await fetch(`${opened.server.url}/customers/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: ['phone', ...lines].join('\n'),
    })
    const text = { name: 'Standing still', channel: 'sms', base_template: 'Hi' }
    id = (await api.post<{ id: number }>('/campaigns', text)).id
    await api.post(`/campaigns/${id}/send`, { customer_ids: Array.from({ length: 3000 }, (_, nth) => nth + 11) })
    url = opened.url
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  test(
    'says so on its own page, with the next attempt, and shows neither speed nor time left',
    async () => {
      await page.goto(`${url}/campaigns/${id}`)
      await page.locator('[data-waiting="circuit_open"]').getByText(REASON).waitFor()
      await page.getByText('Next attempt').waitFor()
      expect(await page.locator('.pace').count()).toBe(0)
      await page.getByText(TEST_SENDER).waitFor()
      await page.getByRole('button', { name: 'Test send' }).click()
      await page.getByRole('dialog').getByText(TEST_SENDER).waitFor()
    },
    LONG,
  )

  test(
    'says so in the list',
    async () => {
      await page.goto(`${url}/campaigns`)
      const row = page.getByRole('row').filter({ hasText: 'Standing still' })
      await row.getByText(REASON).waitFor()
      expect(await row.textContent()).not.toMatch(/\/s|left/)
    },
    LONG,
  )

  test(
    'says since when it is paused in the list, in the words of its own page',
    async () => {
      await opened.api.post(`/campaigns/${id}/pause`, {})
      await page.goto(`${url}/campaigns/${id}`)
      const own = await page.locator('[data-waiting="paused"]').textContent()
      expect(own).toMatch(/^This campaign is paused\. Since \d{1,2}:\d\d/)
      await page.goto(`${url}/campaigns`)
      const row = page.getByRole('row').filter({ hasText: 'Standing still' })
      await row.locator('.waiting-line', { hasText: 'This campaign is paused' }).waitFor()
      expect(await row.locator('.waiting-line').textContent()).toBe(own)
      await opened.api.post(`/campaigns/${id}/resume`, {})
    },
    LONG,
  )

  test(
    'says so on the page for operators, which has one reading of health',
    async () => {
      await page.goto(`${url}/operations`)
      await page.locator('.callout-warning', { hasText: REASON }).waitFor()
      const health = page.locator('section', { has: page.getByRole('heading', { name: 'Health' }) })
      expect(await health.locator('.card-head .badge').textContent()).toBe('degraded')
      const moving = page.locator('section', { has: page.getByRole('heading', { name: 'Active campaigns' }) })
      expect(await moving.textContent()).toContain(REASON)
      expect(await moving.textContent()).not.toMatch(/\/s|left/)
    },
    LONG,
  )

  test(
    'names the test sender where one writes',
    async () => {
      await page.goto(`${url}/campaigns/new`)
      await page.getByText(TEST_SENDER).waitFor()
    },
    LONG,
  )
})
