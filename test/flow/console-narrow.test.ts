/** The web console on a phone: nothing sticks out of a window of 360 pixels or is cut off, and no line is wasted. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const WIDTH = 360

/** Words as long as people and places have them. */
const person = {
  phone: '+254712000901',
  first_name: 'Wilhelmina-Alexandrina',
  last_name: 'van Oranje-Nassau Featherstonehaugh',
  location: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch',
  prefered_product: 'Wireless noise-cancelling headphones',
}
const NAME = `A campaign with a rather long name for Llanfairpwllgwyngyllgogerychwyrndrobwll`
const file = [
  'Mobile,Name of the person,Second name of the person,Where the person lives,email address',
  `0712345678,Amina,Odhiambo,${person.location},amina.odhiambo@mail.example.org`,
  `123,Ben,${person.last_name},Nyeri,ben@example.org`,
  `abc,${'x'.repeat(90)},b,c,d`,
].join('\n')

describe.skipIf(!chromiumAvailable)('the console at 360 pixels', () => {
  let opened: Console
  let page: Page
  let customer: number
  let campaign: number
  let segment: number

  beforeAll(async () => {
    opened = await openConsole({ MOCK_SUCCESS_RATE: '0.5', WORKER_MAX_ATTEMPTS: '1' })
    const { api, browser } = opened
    customer = (await api.post<{ id: number }>('/customers', person)).id
    const text = { channel: 'sms', base_template: `Hi {first_name}, https://example.org/${'x'.repeat(80)}` }
    campaign = (await api.post<{ id: number }>('/campaigns', { name: NAME, ...text })).id
    // One phone without a name, so that every kind of row is there.
    const { id: nameless } = await api.post<{ id: number }>('/customers', { phone: '+254712000902' })
    const customer_ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, customer, nameless]
    await api.post(`/campaigns/${campaign}/send`, { customer_ids })
    await until('all have a result', async () => {
      const { stats } = await api.get<{ stats: { pending: number; sending: number } }>(`/campaigns/${campaign}`)
      return stats.pending + stats.sending === 0
    })
    await api.post('/attributes', { name: 'a_rather_long_name_of_an_attribute_here', type: 'number' })
    const rule = {
      all: [
        { field: 'location', in: [person.location, 'Nairobi'] },
        { field: 'attributes.a_rather_long_name_of_an_attribute_here', at_least: 5 },
        { field: 'country', in: ['KE', 'TZ', 'UG'] },
        {
          any: [
            { campaign, outcome: ['delivered'], within_days: 30 },
            { not: { any: [{ tag: 'vip' }, { tag: 'x' }] } },
          ],
        },
        { received_within_days: 7, channel: 'sms' },
        { all: [{ any: [{ all: [{ any: [{ tag: 'a' }] }] }] }] },
      ],
    }
    segment = (await api.post<{ id: number }>('/segments', { name: NAME, rule })).id
    await api.post('/segments', { name: `${NAME} 2`, rule: { segment } })
    page = (await openPage(browser, { viewport: { width: WIDTH, height: 800 }, reducedMotion: 'reduce' })).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const goTo = async (path: string) => {
    await page.goto(opened.url + path)
    await page.getByRole('heading').or(page.getByText('not found')).first().waitFor()
    await page.getByText('Loading').first().waitFor({ state: 'detached' })
  }

  const expectInside = async (what: string) => expect([what, await page.evaluate(findOutside)]).toEqual([what, []])

  test(
    'every page fits',
    async () => {
      for (const path of [
        '/campaigns',
        '/campaigns/new',
        '/campaigns/1',
        `/campaigns/${campaign}`,
        `/campaigns/${campaign}?status=failed`,
        '/campaigns/999',
        '/customers',
        `/customers/${customer}`,
        '/customers/import',
        '/customers/attributes',
        '/customers/suppressions',
        '/segments',
        '/segments/new',
        `/segments/${segment}`,
        '/inbox',
        '/senders',
        '/senders/prices',
        '/policies',
        '/operations',
        '/none',
      ]) {
        await goTo(path)
        await expectInside(path)
      }
    },
    LONG,
  )

  test(
    'pages that the menu has no room for are behind a button of it',
    async () => {
      await goTo('/campaigns')
      const link = page.getByRole('link', { name: 'Policies', exact: true })
      expect(await link.isVisible()).toBe(false)
      await page.getByRole('button', { name: 'More' }).click()
      await expectInside('the whole menu')
      await link.click()
      await page.getByRole('heading', { name: 'Policies' }).waitFor()
      expect(await link.isVisible()).toBe(false)
    },
    LONG,
  )

  test(
    'forms, dialogs and a checked file fit',
    async () => {
      await goTo(`/campaigns/new?from=${campaign}`)
      await page.getByLabel('Text', { exact: true }).fill(`“Hi” {frist_name} … https://example.org/${'x'.repeat(80)}`)
      await page.getByText('By filter').click()
      const send = page.getByRole('button', { name: /^Send to/ })
      await send.waitFor()
      await expectInside('the form of a campaign')
      await page.getByLabel('Text', { exact: true }).fill(`Hi {first_name} https://example.org/${'x'.repeat(80)}`)
      await send.click()
      await page.getByRole('dialog').getByText('Sender').first().waitFor()
      await expectInside('the last step before sending')
      await goTo('/customers')
      await page.getByRole('button', { name: 'New customer' }).click()
      await page.getByRole('dialog').waitFor()
      await expectInside('the form of a customer')
      await goTo('/senders')
      await page.getByRole('button', { name: 'Change limits…' }).first().click()
      await page.getByRole('dialog').waitFor()
      await expectInside('the limits of a sender')
      await goTo('/policies')
      await page.getByRole('button', { name: 'New quiet hours' }).click()
      await page.getByRole('dialog').waitFor()
      await expectInside('the form of quiet hours')
      await goTo('/customers/import')
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: `${person.location}.csv`, mimeType: 'text/csv', buffer: Buffer.from(file) })
      await page.getByText('2 rows refused').waitFor()
      await expectInside('the steps of an import')
    },
    LONG,
  )

  test(
    'a customer without a location has no line for it, and a reason of a failure has the whole width',
    async () => {
      await goTo('/customers')
      const table = page.locator('.customers')
      expect(await table.getByText(person.location).isVisible()).toBe(true)
      expect(await table.getByText('–').count()).toBeGreaterThan(0)
      for (const blank of await table.getByText('–').all()) expect(await blank.isVisible()).toBe(false)
      await goTo(`/campaigns/${campaign}`)
      const reason = await page.locator('.failures tbody th').first().boundingBox()
      expect(reason?.width).toBeGreaterThan(WIDTH * 0.75)
      const [status, recipients] = await Promise.all(
        [1, 2].map((nth) => page.locator(`.failures tbody td:nth-of-type(${nth})`).first().boundingBox()),
      )
      expect(Math.abs((status?.y ?? 0) - (recipients?.y ?? WIDTH))).toBeLessThan(10)
    },
    LONG,
  )
})

/** Elements that stick out of the window, or are cut off at the edge of another; none of those that are hidden. */
function findOutside(): string[] {
  const found: string[] = []
  for (const element of document.querySelectorAll('body *')) {
    const { left, right, width } = element.getBoundingClientRect()
    // The head of a table is heard only.
    if (width <= 1 || element.closest('.unseen, .skip, .stack thead')) continue
    const { overflowX } = getComputedStyle(element)
    const name = `${element.tagName} .${element.getAttribute('class')} "${element.textContent?.slice(0, 40)}"`
    if (left < -1 || right > innerWidth + 1) found.push(`${name} from ${left} to ${right}`)
    if (overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 1) found.push(`${name} cuts off`)
  }
  return found
}
