/** Position in the console's lists: the address keeps it through reload, link and history. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { chromiumAvailable, openPage, type Watched } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 120
const CAMPAIGNS = 55

describe.skipIf(!chromiumAvailable)('the position in a list', () => {
  let opened: Console
  let watched: Watched
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '1' })
    const { api } = opened
    const lines = Array.from({ length: PEOPLE }, (_, nth) => `07120${String(nth).padStart(5, '0')}`)
    await fetch(`${opened.server.url}/customers/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: ['phone', ...lines].join('\n'),
    })
    const ids = Array.from({ length: PEOPLE }, (_, nth) => nth + 1)
    for (let nth = 1; nth <= CAMPAIGNS; nth++) {
      await api.post('/campaigns', { name: `Campaign ${nth}`, channel: 'sms', base_template: 'Hi' })
      await api.post(`/campaigns/${nth}/send`, { customer_ids: nth === 1 ? ids : [1] })
    }
    await until('all are sent', async () => {
      const { pagination } = await api.get<{ pagination: { total_count: number } }>('/campaigns?status=sent')
      return pagination.total_count === CAMPAIGNS
    })
    watched = await openPage(opened.browser)
    page = watched.page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  /** Text of the first row, once it is another one than before. */
  const first = async (rows: Locator, before?: string): Promise<string> => {
    await until('other rows are shown', async () => {
      const text = await rows.first().textContent()
      return text !== null && text !== before
    })
    return (await rows.first().textContent()) ?? ''
  }

  describe.each([
    ['recipients', '/campaigns/1', '.recipients'],
    ['messages', '/customers/1', '.messages'],
  ])('of %s', (noun, path, table) => {
    const rows = () => page.locator(`${table} tbody tr`)
    const pager = () => page.getByRole('navigation', { name: noun })
    const isAt = (number: number) => pager().getByText(`Page ${number},`).waitFor()
    const turn = (name: 'Next' | 'Previous') => pager().getByRole('button', { name }).click()

    test(
      'is kept by a reload, a link and the history',
      async () => {
        await page.goto(opened.url + path)
        const one = await first(rows())
        await turn('Next')
        await isAt(2)
        const two = await first(rows(), one)
        await page.reload()
        await isAt(2)
        expect(await first(rows())).toBe(two)
        const shared = await openPage(opened.browser)
        await shared.page.goto(page.url())
        expect(await first(shared.page.locator(`${table} tbody tr`))).toBe(two)
        await shared.page.getByRole('navigation', { name: noun }).getByRole('button', { name: 'Previous' }).click()
        expect(await first(shared.page.locator(`${table} tbody tr`), two)).toBe(one)
        await shared.page.context().close()
        await page.goBack()
        await isAt(1)
        expect(await first(rows(), two)).toBe(one)
        await page.goForward()
        await isAt(2)
        expect(await first(rows(), one)).toBe(two)
        await turn('Previous')
        await isAt(1)
        expect(await first(rows(), two)).toBe(one)
        expect(new URL(page.url()).search).toBe('')
        expect(watched.complaints.splice(0)).toEqual([])
      },
      LONG,
    )

    test.each([['edited'], ['x'.repeat(100)], ['YXQ6MS4x'], ['']])(
      'begins at the first page where the cursor is %p',
      async (cursor) => {
        await page.goto(`${opened.url}${path}?cursor=${cursor}`)
        const before = await first(rows())
        await isAt(1)
        await until('the address has no cursor', () => cursor === '' || new URL(page.url()).search === '')
        expect(await page.getByRole('alert').count()).toBe(0)
        await page.goto(opened.url + path)
        expect(await first(rows())).toBe(before)
        // The browser notes the refused request.
        watched.complaints.length = 0
      },
      LONG,
    )
  })

  test(
    'of recipients begins anew with another filter',
    async () => {
      await page.goto(`${opened.url}/campaigns/1`)
      const pager = page.getByRole('navigation', { name: 'recipients' })
      await pager.getByRole('button', { name: 'Next' }).click()
      await pager.getByText('Page 2,').waitFor()
      await page.getByLabel('Status', { exact: true }).selectOption('sent')
      await pager.getByText('Page 1, 50 recipients').waitFor()
      expect(new URL(page.url()).search).toBe('?status=sent')
    },
    LONG,
  )

  test(
    'of campaigns: the history leads a page back',
    async () => {
      await page.goto(`${opened.url}/campaigns`)
      await page.getByText('1 to 20 of 55').waitFor()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByText('21 to 40 of 55').waitFor()
      await page.goBack()
      await page.getByText('1 to 20 of 55').waitFor()
    },
    LONG,
  )
})
