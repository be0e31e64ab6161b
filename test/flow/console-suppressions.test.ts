/** The console's page of suppressions: phones are suppressed, found, imported, exported, and removed after a question. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { checkPage } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const AMINA = '+254712345678'
const BRIAN = '+254712345679'

interface Found {
  readonly phone: string
  readonly channel: string
  readonly reason: string
  readonly note: string | null
}

describe.skipIf(!chromiumAvailable)('suppressions in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off' })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const rows = () => page.getByRole('region', { name: 'Suppressions' }).locator('tbody tr')
  const dialog = () => page.getByRole('dialog')
  const list = async () =>
    (await opened.api.get<{ data: Found[] }>('/suppressions')).data.map(
      ({ phone, channel, reason, note }) => `${phone} ${channel} ${reason} ${note}`,
    )

  test(
    'phones are suppressed with a channel, a reason and a note, and a wrong number is named',
    async () => {
      await page.goto(`${opened.url}/customers`)
      await page.getByRole('link', { name: 'Suppressions' }).click()
      await page.getByText('No suppressions').waitFor()
      await page.getByRole('button', { name: 'Suppress phones' }).click()
      const phones = dialog().getByLabel('Phone numbers')
      await phones.fill('0712 345 678\n123\n+254712345679')
      await dialog().getByLabel('Channel').selectOption('sms')
      await dialog().getByLabel('Reason').selectOption('complaint')
      await dialog().getByLabel('Note').fill('By phone on 3 May')
      await dialog().getByRole('button', { name: 'Suppress 3 phones' }).click()
      await dialog().locator('.field-problem').getByText('123: ').waitFor()
      expect(await phones.getAttribute('aria-invalid')).toBe('true')
      expect(await dialog().textContent()).not.toContain('phones[')
      await phones.fill('0712 345 678\n+254712345679')
      await dialog().getByRole('button', { name: 'Suppress 2 phones' }).click()
      await page.getByText('2 phones suppressed').waitFor()
      await until('both are listed', async () => (await rows().count()) === 2)
      expect((await list()).sort()).toEqual([
        `${AMINA} sms complaint By phone on 3 May`,
        `${BRIAN} sms complaint By phone on 3 May`,
      ])
      expect(await rows().filter({ hasText: AMINA }).textContent()).toContain('Complained')
    },
    LONG,
  )

  test(
    'a file is imported with its own reasons and those chosen for other rows, and refused rows are listed',
    async () => {
      await page.getByRole('button', { name: 'Import CSV' }).click()
      const file = 'phone,reason,colour\n0712345678,opt_out,red\n0712345680,,red\n12,,red\n'
      await dialog()
        .locator('input[type=file]')
        .setInputFiles({ name: 'old-list.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
      await dialog().getByLabel('Reason').selectOption('invalid')
      await dialog().getByRole('button', { name: 'Import suppressions' }).click()
      await dialog().getByText('1 row refused').waitFor()
      await dialog().getByText('Columns that were not read: colour').waitFor()
      await dialog().getByRole('button', { name: 'Close' }).last().click()
      await until('four are listed', async () => (await rows().count()) === 4)
      expect(await list()).toContain('+254712345680 all invalid null')
      expect(await list()).toContain(`${AMINA} all opt_out null`)
    },
    LONG,
  )

  test(
    'they are found by phone, reason and channel, and those found are exported',
    async () => {
      await page.goto(`${opened.url}/customers/suppressions`)
      await page.getByLabel('Phone begins with').fill('07')
      await page.getByText('at least three digits').waitFor()
      await page.getByLabel('Phone begins with').fill('0712 345 678')
      await until('two are found', async () => (await rows().count()) === 2)
      await page.getByLabel('Reason', { exact: true }).selectOption('opt_out')
      await until('one is found', async () => (await rows().count()) === 1)
      await page.getByLabel('Channel', { exact: true }).selectOption('whatsapp')
      await page.reload()
      await until('one is found again', async () => (await rows().count()) === 1)
      const saved = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export CSV' }).click()
      const csv = await readFile(await (await saved).path(), 'utf8')
      expect(csv.trim().split('\n')).toHaveLength(2)
      expect(csv).toContain('254712345678,all,opt_out')
    },
    LONG,
  )

  test(
    'one is removed after a question that says what it means, and others of the phone stay',
    async () => {
      await page.goto(`${opened.url}/customers/suppressions?q=0712345678`)
      await page.getByRole('button', { name: `Remove ${AMINA}, Opted out, All channels` }).click()
      await dialog().getByText('can be sent to this phone again').waitFor()
      await dialog().getByText('only if the person has asked for messages again').waitFor()
      await dialog().getByRole('button', { name: 'Remove it' }).click()
      await page.getByText('Suppression removed; others of this phone still hold').waitFor()
      await until('one is left', async () => (await rows().count()) === 1)
      expect((await list()).filter((one) => one.startsWith(AMINA))).toEqual([
        `${AMINA} sms complaint By phone on 3 May`,
      ])
    },
    LONG,
  )

  test(
    'has no serious finding of axe, and fits into a phone',
    async () => {
      const findings = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/customers/suppressions`)
        await looked.getByText(BRIAN).waitFor()
      })
      const form = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/customers/suppressions`)
        await looked.getByRole('button', { name: 'Suppress phones' }).click()
        await looked.getByRole('dialog').waitFor()
      })
      expect([...findings, ...form]).toEqual([])
    },
    LONG,
  )

  test(
    'a person who may only read is told so in the words of the API',
    async () => {
      const refusal = { code: 'FORBIDDEN', message: 'This key may not lift suppressions' }
      await page.route('**/suppressions/*', (route) => route.fulfill({ status: 403, json: { error: refusal } }))
      await page.goto(`${opened.url}/customers/suppressions?q=0712345679`)
      await page.getByRole('button', { name: `Remove ${BRIAN}` }).click()
      await dialog().getByRole('button', { name: 'Remove it' }).click()
      await dialog().getByRole('alert').getByText(refusal.message).waitFor()
      await page.unroute('**/suppressions/*')
      expect((await list()).some((one) => one.startsWith(BRIAN))).toBe(true)
    },
    LONG,
  )
})
