/** Consent in the console: imports record it, and a customer's page shows and adds records. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('consent in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off' })
    await opened.api.post('/customers', { phone: '0712000001', consent: { status: 'withdrawn' } })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const importing = async () => {
    await page.goto(`${opened.url}/customers/import`)
    const file = 'phone,first_name\n0712000001,Amina\n0712000002,Brian\n0712000003,Zoe\n'
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
    await page.getByRole('button', { name: 'Import 3 customers' }).waitFor()
  }
  const submit = async () => {
    await page.getByRole('button', { name: 'Import 3 customers' }).click()
    await page.getByRole('heading', { name: 'Import complete' }).waitFor()
  }
  const figure = (name: string) => page.locator(`[data-figure=${name}]`)

  test(
    'an import says nothing of consent unless it is ticked',
    async () => {
      await importing()
      expect(await page.getByLabel('Words that they agreed to').count()).toBe(0)
      await submit()
      expect(await figure('consents').count()).toBe(0)
      expect(await opened.api.get('/customers/2/consents')).toMatchObject({ data: [] })
    },
    LONG,
  )

  test(
    'where it is ticked, each customer gets a record with the words, but for those who have withdrawn',
    async () => {
      await importing()
      await page.getByLabel('These people agreed to marketing messages').check()
      await page.getByLabel('Words that they agreed to').fill('Offers by SMS, version 3')
      const picture = Bun.env.CONSENT_PICTURE
      if (picture) await page.screenshot({ path: picture, fullPage: true })
      await submit()
      expect([await figure('consents').textContent(), await figure('withdrawn').textContent()]).toEqual(['2', '1'])
      expect(await opened.api.get('/customers/2/consents')).toMatchObject({
        data: [{ status: 'given', channel: 'all', method: 'import', wording: 'Offers by SMS, version 3' }],
      })
      expect(await opened.api.get('/customers/1')).toMatchObject({
        consent: { sms: 'withdrawn', whatsapp: 'withdrawn' },
      })
    },
    LONG,
  )

  test(
    'a customer’s page shows the records and what holds, and adds one',
    async () => {
      await page.goto(`${opened.url}/customers/2`)
      const card = page.getByRole('region', { name: 'Consent to marketing' })
      await card.getByText('SMS: given, WhatsApp: given').waitFor()
      await card.getByRole('button', { name: 'Record consent…' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('What they said about marketing').selectOption('withdrawn')
      await dialog.getByLabel('Channel').selectOption('sms')
      await dialog.getByLabel('Evidence').fill('By phone on 3 May')
      await dialog.getByRole('button', { name: 'Record', exact: true }).click()
      await card.getByText('SMS: withdrawn, WhatsApp: given').waitFor()
      expect(await card.locator('tbody tr').first().textContent()).toContain('By phone on 3 May')
      const picture = Bun.env.CONSENT_PICTURE
      if (picture) await page.screenshot({ path: `${picture}.customer.png`, fullPage: true })
      expect(await opened.api.get('/customers/2')).toMatchObject({ consent: { sms: 'withdrawn', whatsapp: 'given' } })
    },
    LONG,
  )
})
