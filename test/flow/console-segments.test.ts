/**
 * Segments in the web console: built, counted, excluded, sent to and kept from being deleted or damaged; texts that name
 * attributes; and the price list, by which the dry run of a send shows its cost.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

interface Segment {
  readonly id: number
  readonly name: string
  readonly rule: unknown
}
interface Shown {
  readonly status: string
  readonly stats: { readonly total: number; readonly sent: number }
}

describe.skipIf(!chromiumAvailable)('segments in the console', () => {
  let opened: Console
  let page: Page
  let complaints: string[]

  /** Ten customers: seven in Nairobi, two of whom are staff, with 1000 to 1009 points. */
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
    ;({ page, complaints } = await openPage(opened.browser))
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const condition = (place: string) => page.getByRole('group', { name: `Condition ${place}`, exact: true })
  const fits = (text: string) => page.getByRole('complementary').getByText(text, { exact: true }).waitFor()
  const all = async () => (await opened.api.get<{ data: Segment[] }>('/segments')).data

  test(
    'prices are added, refused where they are wrong, changed and deleted',
    async () => {
      await page.goto(`${opened.url}/senders`)
      await page.getByRole('link', { name: 'Prices' }).click()
      await page.getByText('No prices yet').waitFor()
      const dialog = page.getByRole('dialog')
      const add = async (country: string, price: string, currency: string) => {
        await page.getByRole('button', { name: 'New price' }).click()
        await dialog.getByLabel('Country').fill(country)
        await dialog.getByLabel('Price', { exact: true }).fill(price)
        await dialog.getByLabel('Currency').fill(currency)
        await dialog.getByRole('button', { name: 'Save price' }).click()
      }
      await add('ke', 'a lot', 'kes')
      await dialog.getByText('This must be a decimal number').waitFor()
      await dialog.getByText('Kenya (KE)').waitFor()
      await dialog.getByLabel('Price', { exact: true }).fill('0,7')
      await dialog.getByRole('button', { name: 'Save price' }).click()
      await page.getByRole('row', { name: /Kenya \(KE\) SMS KES 0\.7 Message part/ }).waitFor()
      await add('KE', '1', 'USD')
      await dialog.getByText('There is a price for SMS to Kenya (KE) already').waitFor()
      await dialog.getByLabel('Channel').selectOption('WhatsApp')
      await dialog.getByLabel('Country').fill('')
      await dialog.getByRole('button', { name: 'Save price' }).click()
      await page.getByRole('row', { name: /All other countries WhatsApp USD 1 Message/ }).waitFor()
      await page.getByRole('button', { name: 'Change SMS to Kenya (KE)' }).click()
      await dialog.getByLabel('Price', { exact: true }).fill('0.80')
      await dialog.getByRole('button', { name: 'Save price' }).click()
      await page.getByText('KES 0.80').waitFor()
      await page.getByRole('button', { name: 'Delete WhatsApp to All other countries' }).click()
      await dialog.getByRole('button', { name: 'Delete the price' }).click()
      await page.getByText('Price deleted').waitFor()
      const { prices } = await opened.api.get<{ prices: unknown }>('/prices')
      expect(prices).toEqual([{ channel: 'sms', country: 'KE', price: '0.80', per: 'part', currency: 'KES' }])
    },
    LONG,
  )

  test(
    'a marketer builds a segment, leaves out others, sees the dry run, sends, and sees the same figure at the end',
    async () => {
      const { api } = opened
      await page.goto(`${opened.url}/segments`)
      await page.getByText('No segments yet').waitFor()
      await page.getByRole('link', { name: 'New segment' }).first().click()
      await page.getByLabel('Name', { exact: true }).fill('Nairobi, many points')
      await page.getByText('Complete the conditions').waitFor()
      await condition('1').getByLabel('Value').fill('nairobi')
      await fits('7 people')
      await page.getByRole('button', { name: 'Add condition to the rule' }).click()
      await condition('2').getByLabel('Field').selectOption('points')
      await condition('2').getByLabel('Comparison').selectOption('is at least')
      await condition('2').getByLabel('Value').fill('1001')
      await fits('6 people')
      await page.getByRole('button', { name: 'Add group to the rule' }).click()
      await page.getByRole('group', { name: 'Group 3', exact: true }).getByLabel('Fits').selectOption('none of these')
      await condition('3.1').getByLabel('Field').selectOption('Tag')
      await condition('3.1').getByLabel('Value').fill('staff')
      await fits('5 people')
      await page.getByText('Zuri 2').waitFor()
      // A refusal of the API is shown at its condition.
      await page.getByRole('button', { name: 'Add condition to group 3' }).click()
      await condition('3.2').getByLabel('Field').selectOption('Phone')
      await condition('3.2').getByLabel('Comparison').selectOption('is')
      await condition('3.2').getByLabel('Value').fill('0712')
      await condition('3.2').getByText('This must be a phone number in E.164').waitFor()
      await page.getByRole('button', { name: 'Remove condition 3.2' }).click()
      await fits('5 people')
      await page.getByRole('button', { name: 'Create segment' }).click()
      await page.getByText('Segment created').waitFor()
      await page.getByRole('row', { name: /Nairobi, many points.*5/ }).waitFor()
      expect((await all()).map(({ rule }) => rule)).toEqual([
        {
          all: [
            { field: 'location', is: 'nairobi' },
            { field: 'attributes.points', at_least: 1001 },
            { not: { tag: 'staff' } },
          ],
        },
      ])
      await api.post('/segments', { name: 'Zuri 2', rule: { field: 'first_name', is: 'Zuri 2' } })
      const early = await api.post<{ id: number }>('/campaigns', {
        name: 'Earlier',
        channel: 'sms',
        base_template: 'Hi',
      })
      const { data } = await api.get<{ data: { id: number; first_name: string }[] }>('/customers?q=zuri+3')
      await api.post(`/campaigns/${early.id}/send`, { customer_ids: data.map(({ id }) => id) })
      await page.goto(`${opened.url}/campaigns/new`)
      await page.getByLabel('Name', { exact: true }).fill('To the segment')
      await page.getByLabel('Text', { exact: true }).fill('Hi {first_name} from {prefered_product}, š')
      await page.getByText('By segment').click()
      await page.getByRole('link', { name: 'Make a segment' }).waitFor()
      await page.getByLabel('In Nairobi, many points', { exact: true }).check()
      await page.getByText('5 recipients', { exact: true }).waitFor()
      await page.getByLabel('Not in Zuri 2', { exact: true }).check()
      await page.getByText('4 recipients', { exact: true }).waitFor()
      await page.getByText('Leave out recipients of earlier campaigns').click()
      await page.getByLabel('Earlier', { exact: true }).check()
      await page.getByText('3 recipients', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Send to 3 people' }).click()
      const dialog = page.getByRole('dialog', { name: 'Send this campaign?' })
      await dialog.getByText('without those in “Zuri 2” and without recipients of “Earlier”.').waitFor()
      const run = dialog.getByRole('region', { name: 'Dry run' })
      await run.getByText('1 part per message, 3 in total').waitFor()
      for (const text of ['3 people have no preferred product', '100% of the messages hold', 'KES 2.40'])
        await run.getByText(text).waitFor()
      expect(await run.locator('dd').first().textContent()).toBe('3 people')
      await dialog.getByRole('button', { name: 'Send to 3 people now' }).click()
      await page.getByRole('heading', { name: '3 recipients' }).waitFor()
      // The same figure at the end.
      await page.locator('.page-head .badge:not(.badge-test)', { hasText: 'sent' }).waitFor()
      expect(await page.locator('[data-outcome=sent]').textContent()).toBe('3')
      // The draft of the dry run became the campaign that was sent.
      expect((await api.get<{ data: unknown[] }>('/campaigns?q=segment')).data).toHaveLength(1)
    },
    LONG,
  )

  test(
    'a segment is renamed without touching its rule, and JSON that the builder cannot show is kept',
    async () => {
      const { api } = opened
      const inner = { any: [{ tag: 'a' }, { field: 'created_at', after: '2020-01-31T09:00:00+03:00' }] }
      const rule = { any: [{ all: [{ any: [{ all: [inner, { field: 'location', exists: true }] }] }] }] }
      const { id } = await api.post<Segment>('/segments', { name: 'Deep', rule })
      await page.goto(`${opened.url}/segments/${id}`)
      const json = page.getByLabel('as JSON')
      expect(JSON.parse(await json.inputValue())).toEqual({ all: [inner, { field: 'location', exists: true }] })
      await fits('10 people')
      await page.getByLabel('Name', { exact: true }).fill('Deeper')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Segment saved').waitFor()
      expect((await all()).find((one) => one.id === id)).toMatchObject({ name: 'Deeper', rule })
      await page.getByRole('link', { name: 'Deeper', exact: true }).click()
      await page.getByRole('button', { name: 'Add condition to the rule' }).click()
      await condition('2').getByLabel('Value').fill('Lamu')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Segment saved').last().waitFor()
      const changed = await until('it is changed', async () => {
        const found = (await all()).find((one) => one.id === id)?.rule as { any: unknown[] } | undefined
        return found && found.any.length === 2 && found
      })
      expect(changed).toEqual({ any: [...rule.any, { field: 'location', is: 'Lamu' }] })
    },
    LONG,
  )

  test(
    'unsaved changes are asked about, and a segment that is used says by what',
    async () => {
      const { api } = opened
      const [used] = (await all()).slice(-1)
      await api.post('/segments', { name: 'User', rule: { segment: used?.id } })
      await page.goto(`${opened.url}/segments/${used?.id}`)
      await page.getByLabel('Name', { exact: true }).fill('Never saved')
      await page.getByRole('link', { name: 'Customers', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard changes' }).click()
      await page.getByRole('heading', { name: 'Customers' }).waitFor()
      await page.getByRole('link', { name: 'Segments', exact: true }).click()
      await page.getByRole('button', { name: 'Delete Nairobi, many points' }).click()
      const dialog = page.getByRole('dialog', { name: 'Delete this segment?' })
      await dialog.getByText('cannot be deleted as long as it is used by').waitFor()
      await dialog.getByRole('button', { name: 'Delete the segment' }).click()
      await dialog.getByText('Change or delete first what uses it').waitFor()
      await dialog.getByRole('link', { name: 'User' }).click()
      await page.getByRole('heading', { name: 'User' }).waitFor()
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByRole('button', { name: 'Delete the segment' }).click()
      await page.getByText('Segment deleted').waitFor()
      expect((await all()).some(({ name }) => name === 'User')).toBe(false)
      // The refusal of the deletion.
      expect(complaints.filter((one) => !/status of (?:400|409)/.test(one))).toEqual([])
    },
    LONG,
  )

  test(
    'a segment without another is counted, named before it is sent to, and reached as counted',
    async () => {
      const { page, complaints } = await openPage(opened.browser, { timezoneId: 'Africa/Nairobi', locale: 'en-GB' })
      await opened.api.post('/segments', { name: 'Nairobi', rule: { field: 'location', is: 'Nairobi' } })
      await opened.api.post('/segments', { name: 'Staff', rule: { tag: 'staff' } })
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
