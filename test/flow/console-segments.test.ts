/** Recipients by segment in the web console, and texts that name attributes. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

interface Shown {
  readonly status: string
  readonly stats: { readonly total: number; readonly sent: number }
}

describe.skipIf(!chromiumAvailable)('segments in the console', () => {
  let opened: Console

  /** Ten customers: seven in Nairobi, two of whom are staff. */
  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '1' })
    const { api } = opened
    await api.post('/attributes', { name: 'points', type: 'number' })
    for (let nth = 0; nth < 10; nth++)
      await api.post('/customers', {
        phone: `+25471200000${nth}`,
        first_name: `Zuri ${nth}`,
        location: nth < 7 ? 'Nairobi' : 'Lamu',
        tags: nth < 2 ? ['staff'] : [],
        attributes: { points: 1000 + nth },
      })
    await api.post('/segments', { name: 'Nairobi', rule: { field: 'location', is: 'Nairobi' } })
    await api.post('/segments', { name: 'Staff', rule: { tag: 'staff' } })
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  test(
    'a segment without another is counted, named before it is sent to, and reached as counted',
    async () => {
      const { page, complaints } = await openPage(opened.browser, { timezoneId: 'Africa/Nairobi', locale: 'en-GB' })
      await page.goto(`${opened.url}/campaigns/new`)
      await page.getByLabel('Name', { exact: true }).fill('By segment')
      await page.getByLabel('Text', { exact: true }).fill('You have ')
      await page.getByRole('button', { name: 'points', exact: true }).click()
      const text = await page.getByLabel('Text', { exact: true }).inputValue()
      expect(text).toBe('You have {attributes.points:number}')
      expect(await page.getByText('Unknown placeholder').count()).toBe(0)
      await page.getByText('By segment').click()
      await page.getByText('10 recipients', { exact: true }).waitFor()
      await page.getByLabel('In Nairobi', { exact: true }).check()
      await page.getByText('7 recipients', { exact: true }).waitFor()
      await page.getByLabel('Not in Staff', { exact: true }).check()
      await page.getByText('5 recipients', { exact: true }).waitFor()
      await page.locator('.bubble').filter({ hasText: 'You have 1,002' }).first().waitFor()
      await page.getByRole('button', { name: 'Send to 5 people' }).click()
      const dialog = page.getByRole('dialog', { name: 'Send this campaign?' })
      await dialog.getByText('Customers in “Nairobi”, without those in “Staff”.').waitFor()
      await dialog.getByRole('button', { name: 'Send to 5 people now' }).click()
      await page.getByText('Recipients are being queued').waitFor()
      await page.getByRole('heading', { name: '5 recipients' }).waitFor()
      const id = Number(/campaigns\/(\d+)/.exec(page.url())?.[1])
      const over = await until('it is sent', async () => {
        const now = await opened.api.get<Shown>(`/campaigns/${id}`)
        return now.status === 'sent' && now
      })
      expect(over.stats).toMatchObject({ total: 5, sent: 5 })
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )

  test(
    'without a segment all are chosen, a choice outlives a reload, and nobody is nobody',
    async () => {
      const { page, complaints } = await openPage(opened.browser)
      await opened.api.post('/segments', { name: 'Nobody', rule: { field: 'location', is: 'Nowhere' } })
      await page.goto(`${opened.url}/campaigns/new`)
      await page.getByLabel('Name', { exact: true }).fill('Kept')
      await page.getByLabel('Text', { exact: true }).fill('Hi')
      await page.getByText('By segment').click()
      await page.getByText('All customers.').waitFor()
      await page.getByLabel('In Nobody', { exact: true }).check()
      await page.getByText('Nobody', { exact: true }).nth(1).waitFor()
      await page.getByText('Nobody is in these segments').waitFor()
      await page.getByLabel('In Nobody', { exact: true }).uncheck()
      await page.getByLabel('Not in Staff', { exact: true }).check()
      await page.getByText('8 recipients', { exact: true }).waitFor()
      // One segment cannot be both.
      await page.getByLabel('In Staff', { exact: true }).check()
      await page.getByText('2 recipients', { exact: true }).waitFor()
      expect(await page.getByLabel('Not in Staff', { exact: true }).isChecked()).toBe(false)
      page.once('dialog', (dialog) => void dialog.accept())
      await page.reload()
      await page.getByText('2 recipients', { exact: true }).waitFor()
      expect(await page.getByLabel('In Staff', { exact: true }).isChecked()).toBe(true)
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )
})
