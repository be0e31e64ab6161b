/** The console's page of policies: quiet hours are added, changed and deleted, and other parts of the document stay. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { checkPage } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

interface Hours {
  readonly country: string
  readonly from: string
  readonly to: string
  readonly days?: readonly string[]
}

describe.skipIf(!chromiumAvailable)('policies in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off' })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)
  beforeEach(async () => {
    await opened.api.put('/policies', { quiet_hours: [{ country: '*', from: '21:00', to: '08:00' }] })
    await page.goto(`${opened.url}/policies`)
    await page.getByRole('heading', { name: 'Presets to start from' }).waitFor()
  }, LONG)

  const hours = async () => (await opened.api.get<{ quiet_hours: Hours[] }>('/policies')).quiet_hours
  const row = (text: string) => page.getByRole('row').filter({ hasText: text })
  const field = (label: string) => page.getByRole('dialog').getByLabel(label, { exact: true })
  const save = () => page.getByRole('button', { name: 'Save quiet hours' }).click()

  test(
    'quiet hours are added by the name of the country and by days, changed, and deleted after a question',
    async () => {
      await page.getByRole('button', { name: 'New quiet hours' }).click()
      await field('Country (optional)').fill('kenya')
      await field('From').fill('19:30')
      for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) await field(day).uncheck()
      await page.getByText('No marketing message to Kenya starts from 19:30 to 08:00 on the next day').waitFor()
      await page.getByText('beginning on Saturday and Sunday, by the recipient’s clock').waitFor()
      await save()
      await row('Kenya (KE)').getByText('19:30 to 08:00 on the next day').waitFor()
      const kenya = { country: 'KE', from: '19:30', to: '08:00', days: ['sat', 'sun'] }
      const others = { country: '*', from: '21:00', to: '08:00' }
      expect(await hours()).toEqual([others, kenya])
      await page.getByRole('button', { name: 'Change All other countries' }).click()
      await field('Until').fill('07:00')
      await save()
      await row('All other countries').getByText('21:00 to 07:00').waitFor()
      expect(await hours()).toEqual([{ ...others, to: '07:00' }, kenya])
      await page.getByRole('button', { name: 'Delete Kenya (KE)' }).click()
      await page.getByText('The hours of all other countries then hold for this one too.').waitFor()
      expect(await hours()).toHaveLength(2)
      await page.getByRole('button', { name: 'Delete the quiet hours' }).click()
      await row('Kenya (KE)').waitFor({ state: 'detached' })
      expect(await hours()).toEqual([{ ...others, to: '07:00' }])
    },
    LONG,
  )

  test(
    'a refusal is shown at the field that it names, without its place in the document',
    async () => {
      await page.getByRole('button', { name: 'New quiet hours' }).click()
      await field('Country (optional)').fill('Kenia')
      await save()
      await page.getByText('No country has this name').waitFor()
      await field('Country (optional)').fill('us')
      await field('From').fill('')
      await save()
      await page.getByText('This must be a time of day from 00:00 to 23:59').waitFor()
      expect(await field('From').getAttribute('aria-invalid')).toBe('true')
      await field('From').fill('09:00')
      await save()
      const alert = page.getByRole('dialog').getByRole('alert')
      await alert.getByText('leaves no time at which messages to United States may start').waitFor()
      expect(await alert.textContent()).toStartWith('This entry leaves no time')
      expect(await page.getByRole('dialog').textContent()).not.toContain('quiet_hours')
      expect(await hours()).toHaveLength(1)
    },
    LONG,
  )

  test(
    'a preset says what it rests on, is added with one click, and asks before it replaces hours',
    async () => {
      await page.getByText('47 CFR 64.1200(c)(1)').waitFor()
      await page.getByRole('button', { name: 'Add quiet hours: South Africa' }).click()
      await row('South Africa (ZA)').first().waitFor()
      expect((await hours()).filter(({ country }) => country === 'ZA')).toHaveLength(4)
      await page.getByRole('button', { name: 'Add quiet hours: South Africa' }).waitFor({ state: 'detached' })
      await opened.api.put('/policies', { quiet_hours: [{ country: 'FR', from: '22:00', to: '07:00' }] })
      await page.reload()
      await page.getByRole('button', { name: 'Add quiet hours: European Union' }).click()
      await page.getByText('The preset takes the place of the quiet hours of France.').waitFor()
      await page.getByRole('button', { name: 'Replace them' }).click()
      await row('Sweden (SE)').waitFor()
      expect((await hours()).filter(({ country }) => country === 'FR')).toEqual([
        { country: 'FR', from: '20:00', to: '08:00' },
      ])
    },
    LONG,
  )

  test(
    'what others changed meanwhile stays, and so do parts of the document that the page has no form for',
    async () => {
      const sent = Promise.withResolvers<unknown>()
      await page.route('**/policies', async (route) => {
        const request = route.request()
        if (request.method() === 'PUT') sent.resolve(request.postDataJSON())
        if (request.method() === 'PUT') return route.fulfill({ json: {} })
        const answer = await route.fetch()
        return route.fulfill({ json: { ...(await answer.json()), later: [{ a: 1 }] } })
      })
      const caps = [{ messages: 2, days: 7 }]
      const ugandan = [{ country: 'UG', from: '21:00', to: '08:00' }]
      await opened.api.put('/policies', { quiet_hours: ugandan, caps, min_gap_hours: 12 })
      await page.getByRole('button', { name: 'Add quiet hours: Kenya' }).click()
      expect(await sent.promise).toEqual({
        quiet_hours: [
          { country: 'UG', from: '21:00', to: '08:00' },
          { country: 'KE', from: '19:00', to: '08:00' },
        ],
        caps,
        min_gap_hours: 12,
        later: [{ a: 1 }],
      })
      await page.unroute('**/policies')
    },
    LONG,
  )

  test(
    'list and form have no serious finding of axe, and fit into a phone',
    async () => {
      const findings = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/policies`)
        await looked.getByRole('heading', { name: 'Presets to start from' }).waitFor()
      })
      const form = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/policies`)
        await looked.getByRole('button', { name: 'New quiet hours' }).click()
        await looked.getByRole('dialog').getByLabel('Country (optional)').fill('Kenia')
        await looked.getByRole('button', { name: 'Save quiet hours' }).click()
        await looked.getByText('No country has this name').waitFor()
      })
      expect([...findings, ...form]).toEqual([])
    },
    LONG,
  )

  test(
    'a person who may only read is told so in the words of the API',
    async () => {
      const refusal = { code: 'FORBIDDEN', message: 'This key may not change policies' }
      await page.route('**/policies', (route) =>
        route.request().method() === 'PUT'
          ? route.fulfill({ status: 403, json: { error: refusal } })
          : route.fallback(),
      )
      await page.getByRole('button', { name: 'Add quiet hours: Kenya' }).click()
      await page.getByRole('alert').getByText(refusal.message).waitFor()
      await page.getByRole('button', { name: 'Delete All other countries' }).click()
      await page.getByRole('button', { name: 'Delete the quiet hours' }).click()
      await page.getByRole('dialog').getByText(refusal.message).waitFor()
      await page.unroute('**/policies')
      await until('nothing changed', async () => (await hours()).length === 1)
    },
    LONG,
  )
})
