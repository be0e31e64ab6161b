/** Senders in the console: their state and limits, what a route tries first, the sender of a campaign, and delivery. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
/** Phones whose messages the mock sender reports as delivered, undelivered, undelivered, and not at all. */
const phones = ['+447700900001', '+447700900002', '+447700900003', '+447700900000']

interface Found {
  readonly stats: { readonly delivered: number; readonly undelivered: number; readonly sent: number }
  readonly receipts: boolean
}

describe.skipIf(!chromiumAvailable)('senders in the console', () => {
  let opened: Console
  let page: Page
  let url: string
  let delivered: number
  let silent: number

  beforeAll(async () => {
    opened = await openConsole({
      SAMPLE_DATA: 'off',
      SENDERS: 'main:mock,spare:mock,quiet:mock',
      SENDER_MAIN_SUCCESS_RATE: '1',
      SENDER_QUIET_SUCCESS_RATE: '1',
      SENDER_QUIET_RECEIPTS: 'off',
      SMS_ROUTE: 'main,spare',
      WHATSAPP_ROUTE: 'main',
    })
    url = opened.url
    for (const phone of phones) await opened.api.post('/customers', { phone, first_name: 'Amina' })
    delivered = await sendCampaign('With receipts', null)
    silent = await sendCampaign('Without receipts', 'quiet')
    await until('receipts are counted', async () => {
      const { stats } = await opened.api.get<Found>(`/campaigns/${delivered}`)
      return stats.delivered === 1 && stats.undelivered === 2
    })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  async function sendCampaign(name: string, sender: string | null): Promise<number> {
    const made = await opened.api.post<{ id: number }>('/campaigns', {
      name,
      channel: 'sms',
      base_template: 'Hi {first_name}',
      sender,
    })
    await opened.api.post(`/campaigns/${made.id}/send`, { customer_ids: phones.map((_, nth) => nth + 1) })
    await until(`${name} is sent`, async () => {
      const { stats } = await opened.api.get<Found>(`/campaigns/${made.id}`)
      return stats.sent === phones.length
    })
    return made.id
  }
  const card = (title: string) =>
    page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) })
  const sender = (name: string) =>
    opened.api.get<{ rate: number | null; concurrency: number | null; paused: { by: string } | null }>(
      `/senders/${name}`,
    )

  test(
    'a campaign shows how its sent messages were delivered, and each figure leads to those behind it',
    async () => {
      await page.goto(`${url}/campaigns/${delivered}`)
      const figures = page.locator('.delivery')
      await figures.waitFor()
      const shown = await figures.locator('dl > div').evaluateAll((all) => all.map((one) => one.textContent))
      expect(shown).toEqual(['Delivered1 25%', 'Read0 0%', 'Undelivered2 50%', 'Awaiting receipt1 25%'])
      await figures.getByRole('link', { name: '2', exact: true }).click()
      const rows = page.locator('.recipients tbody tr')
      await until('the undelivered are shown', async () => (await rows.count()) === 2)
      expect(new URL(page.url()).searchParams.get('delivery')).toBe('undelivered')
      expect(await page.getByLabel('Delivery').inputValue()).toBe('undelivered')
      expect(await rows.first().textContent()).toContain('not delivered: code permanent-failure')
      await page.goto(`${url}/campaigns`)
      const line = page.getByRole('row').filter({ hasText: 'With receipts' }).locator('[data-delivery="line"]')
      expect(await line.textContent()).toBe('1 delivered · 2 undelivered · 1 awaiting receipt')
    },
    LONG,
  )

  test(
    'where no receipts come, there are no figures of delivery',
    async () => {
      await page.goto(`${url}/campaigns/${silent}`)
      await page.getByText('Sender: quiet').waitFor()
      await page.locator('.recipients tbody tr').first().waitFor()
      expect(await page.locator('.delivery').count()).toBe(0)
      expect(await page.getByLabel('Delivery').count()).toBe(0)
      await page.goto(`${url}/campaigns`)
      const row = page.getByRole('row').filter({ hasText: 'Without receipts' })
      await row.waitFor()
      expect(await row.textContent()).not.toContain('delivered')
    },
    LONG,
  )

  test(
    'a sender is paused after a question, and resumed',
    async () => {
      await page.goto(`${url}/senders`)
      await card('main').getByRole('button', { name: 'Pause' }).click()
      expect((await sender('main')).paused).toBeNull()
      await page.getByRole('dialog').getByRole('button', { name: 'Pause sender' }).click()
      await card('main').getByText('Paused since').waitFor()
      expect((await sender('main')).paused).not.toBeNull()
      await card('main').getByRole('button', { name: 'Resume' }).click()
      await card('main').getByText('ready', { exact: true }).waitFor()
      expect((await sender('main')).paused).toBeNull()
    },
    LONG,
  )

  test(
    'limits are changed by keyboard, and what the API refuses is said at its field',
    async () => {
      await page.goto(`${url}/senders`)
      await card('main').getByRole('button', { name: 'Change limits' }).press('Enter')
      const rate = page.getByLabel('Rate: message parts per second')
      await rate.fill('0')
      await rate.press('Enter')
      await page.locator('.field-problem').waitFor()
      expect(await rate.getAttribute('aria-invalid')).toBe('true')
      await rate.fill('50')
      await page.getByLabel('Messages in flight').fill('20')
      await rate.press('Enter')
      await card('main').getByText('50 message parts per second').waitFor()
      await card('main').getByText('of at most 20').waitFor()
      expect(await sender('main')).toMatchObject({ rate: 50, concurrency: 20 })
      await card('main').getByRole('button', { name: 'Change limits' }).click()
      await rate.fill('')
      await rate.press('Enter')
      await card('main').getByText('No limit').waitFor()
      expect(await sender('main')).toMatchObject({ rate: null, concurrency: 20 })
    },
    LONG,
  )

  test(
    'a check says that this kind has none',
    async () => {
      await page.goto(`${url}/senders`)
      await card('main').getByRole('button', { name: 'Check account' }).click()
      await card('main').getByRole('alert').getByText('has no check').waitFor()
    },
    LONG,
  )

  test(
    'the senders of a route are put in another order, and one is added and removed',
    async () => {
      const route = async () =>
        (await opened.api.get<{ routes: { channel: string; senders: string[] }[] }>('/routes')).routes.find(
          ({ channel }) => channel === 'sms',
        )?.senders
      await page.goto(`${url}/senders`)
      const sms = card('SMS route')
      await sms.getByRole('button', { name: 'Move up spare' }).click()
      await sms.getByLabel('Add a sender').selectOption('quiet')
      expect(await route()).toEqual(['main', 'spare'])
      await sms.getByRole('button', { name: 'Save route' }).click()
      await until('the route is changed', async () => (await route())?.join() === 'spare,main,quiet')
      await sms.getByRole('button', { name: 'Remove quiet' }).click()
      await sms.getByRole('button', { name: 'Save route' }).click()
      await until('the route has two senders', async () => (await route())?.join() === 'spare,main')
    },
    LONG,
  )

  test(
    'a country gets senders of its own, and goes by the route of the channel again',
    async () => {
      const countries = async () => {
        const { routes } = await opened.api.get<{ routes: { channel: string; countries: object }[] }>('/routes')
        return JSON.stringify(routes.find(({ channel }) => channel === 'sms')?.countries)
      }
      await page.goto(`${url}/senders`)
      const sms = card('SMS route')
      await sms.getByLabel('Country code').fill('ke')
      await sms.getByRole('button', { name: 'Add Kenya' }).click()
      const kenya = sms.getByRole('region', { name: 'Kenya' })
      await kenya.getByRole('button', { name: 'Remove main for Kenya' }).click()
      await sms.getByRole('button', { name: 'Save route' }).click()
      await until('Kenya has its own', async () => (await countries()) === '{"KE":["spare"]}')
      await sms.getByRole('button', { name: 'Use the SMS route for Kenya' }).click()
      await sms.getByRole('button', { name: 'Save route' }).click()
      await until('no country has its own', async () => (await countries()) === '{}')
    },
    LONG,
  )

  test(
    'what is edited while a saved route is loaded again stays, and a change by somebody else is told',
    async () => {
      await page.goto(`${url}/senders`)
      const sms = card('SMS route')
      const steps = sms.locator('.route-step')
      await steps.first().waitFor()
      const before = await steps.allInnerTexts()
      // Answers of the API stand still from the click to the edit, as on a slow line.
      const held = Promise.withResolvers<void>()
      await page.route('**/routes', async (route) => {
        await held.promise
        await route.continue()
      })
      const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT')
      await sms.getByLabel('Add a sender').selectOption('quiet')
      await sms.getByRole('button', { name: 'Save route' }).click()
      await saved
      await sms.getByRole('button', { name: 'Move up quiet' }).click()
      const loaded = page.waitForResponse((answer) => answer.url().endsWith('/routes'))
      held.resolve()
      await loaded
      const edited = [before[0], 'quiet', ...before.slice(1)]
      expect(await steps.allInnerTexts()).toEqual(edited as string[])
      await page.unroute('**/routes')
      await opened.api.put('/routes/sms', { senders: ['main'] })
      await sms.getByText('The route was changed meanwhile to: main.').waitFor()
      expect(await steps.allInnerTexts()).toEqual(edited as string[])
      await sms.getByRole('button', { name: 'Undo changes' }).click()
      expect(await steps.allInnerTexts()).toEqual(['main'])
    },
    LONG,
  )

  test(
    'sender, maximum rate and priority are chosen for a campaign, and said before it is sent and after',
    async () => {
      await page.goto(`${url}/campaigns/new`)
      await page.getByLabel('Name').fill('Chosen')
      await page.getByLabel('Text').fill('Hi')
      await page.getByLabel('Sender', { exact: true }).selectOption('quiet')
      await page.getByLabel('Maximum rate').fill('x')
      await page.getByText('Correct the maximum rate').waitFor()
      await page.getByLabel('Maximum rate').fill('20')
      await page.getByLabel('Priority').selectOption('high')
      await page.getByLabel('By filter').check()
      await page.getByRole('button', { name: /^Send to 4 people/ }).click()
      const dialog = page.getByRole('dialog')
      for (const said of ['SMS by the quiet sender', 'At most 20 messages per second', 'High priority'])
        await dialog.getByText(said).waitFor()
      await dialog.getByRole('button', { name: 'Send to 4 people now' }).click()
      await page.getByText('Sender: quiet · At most 20 messages per second · High priority').waitFor()
      const { data } = await opened.api.get<{ data: unknown[] }>('/campaigns?q=chosen')
      expect(data).toEqual([expect.objectContaining({ sender: 'quiet', max_rate: 20, priority: 'high' })])
    },
    LONG,
  )
})
