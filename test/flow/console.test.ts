/** The web console as its users have it: in a real browser, on a real process, from the first customer to the last figure. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { openParser } from '../../core/messaging/contacts/csv/parse.ts'
import type { Api } from '../../scripts/support/api.ts'
import { chromiumAvailable, openPage, type Watched } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 1000
/** Slow enough to be paused in the middle: some hundred messages are under way at once. */
const SLOW = { MOCK_LATENCY_MS: '900', MOCK_SEED: '7', WORKER_BACKOFF_MS: '100', WORKER_MAX_ATTEMPTS: '6' }
const XSS = '<img src=x onerror="globalThis.broken=1">'
const FORMULA = '=HYPERLINK("http://evil.example","x")'

/** 1,000 good rows, and among them rows that are bad in each way, and one phone twice. */
function makeFile(): string {
  const rows: (readonly string[])[] = [['Mobile', 'First Name', 'Town', 'E-mail']]
  for (let nth = 0; nth < PEOPLE; nth++) {
    const name = nth === 0 ? XSS : nth === 1 ? FORMULA : `Name ${nth}`
    rows.push([`07120${String(nth).padStart(5, '0')}`, name, nth % 2 ? 'Nairobi' : 'Nyeri, "central"', 'a@example.org'])
    if (nth % 100 === 50) rows.push(['12', 'Too short', '', ''])
    if (nth % 250 === 60) rows.push(['', 'No phone', '', ''])
  }
  rows.push(['+254 712 000999', 'Name 999', 'Nairobi', ''])
  // As they are: a file from elsewhere guards nothing.
  return rows.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`).join('')
}

/** Rows by the names of the first line, as a spreadsheet would have them. */
function readTable(csv: string): readonly Readonly<Record<string, string | undefined>>[] {
  const rows: (readonly string[])[] = []
  const parser = openParser(',', ({ cells }) => rows.push(cells))
  parser.push(csv.replace(/^\ufeff/, ''))
  parser.end()
  const [names = [], ...data] = rows
  return data.map((cells) => Object.fromEntries(names.map((name, nth) => [name, cells[nth]])))
}

describe.skipIf(!chromiumAvailable)('the console', () => {
  let opened: Console
  let watched: Watched
  let page: Page
  let api: Api
  let url: string

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', ...SLOW })
    ;({ api, url } = opened)
    watched = await openPage(opened.browser, { acceptDownloads: true, locale: 'en-GB', timezoneId: 'Africa/Nairobi' })
    page = watched.page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const figure = (name: string) => page.locator(`[data-figure="${name}"]`)
  const outcome = async (name: string) =>
    Number((await page.locator(`[data-outcome="${name}"]`).textContent())?.replaceAll(',', ''))
  const status = () => page.locator('.page-head .badge:not(.badge-test)').textContent()
  const becomes = (expected: string) => until(`the page shows ${expected}`, async () => (await status()) === expected)

  test(
    'says what to do while there is nothing',
    async () => {
      await page.goto(url)
      await page.getByText('No campaigns yet').waitFor()
      await page.getByRole('link', { name: 'Customers' }).click()
      await page.getByText('No customers yet').waitFor()
    },
    LONG,
  )

  test(
    'imports 1,000 customers from a CSV file, with bad rows among them',
    async () => {
      await page.getByRole('link', { name: 'Import a CSV file' }).click()
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(makeFile()) })
      expect(await page.getByLabel('Import Mobile as').inputValue()).toBe('phone')
      expect(await page.getByLabel('Import First Name as').inputValue()).toBe('first_name')
      expect(await page.getByLabel('Import E-mail as').inputValue()).toBe('')
      await figure('ready').waitFor()
      expect(await figure('ready').textContent()).toBe('1,000')
      expect(await figure('refused').textContent()).toBe('14')
      expect(await figure('repeated').textContent()).toBe('1')
      expect(await page.getByText('The phone number is too short').count()).toBe(10)
      expect(await page.getByText('The phone is missing').count()).toBe(4)
      // The line of the file, below the line of names and 50 good rows.
      expect(await page.locator('.refused-list tbody tr').first().textContent()).toMatch(/^53The phone/)
      await page.getByRole('button', { name: 'Import 1,000 customers' }).click()
      await figure('created').waitFor()
      expect(await figure('created').textContent()).toBe('1,000')
      expect(await api.get('/customers')).toMatchObject({ pagination: { total_count: PEOPLE } })
    },
    LONG,
  )

  test(
    'finds, adds, changes and removes a customer, and says what the API says',
    async () => {
      await page.getByRole('link', { name: 'View customers' }).click()
      await page.getByLabel('Search by name or phone').fill('0712000000')
      await page.getByText('1 to 1 of 1').waitFor()
      // The customer's name looks like markup.
      await page.getByRole('rowheader', { name: XSS }).waitFor()
      await page.getByRole('button', { name: 'New customer' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Phone').fill('12')
      await dialog.getByRole('button', { name: 'Add customer' }).click()
      await dialog.getByText('too short').waitFor()
      expect(await dialog.getByLabel('Phone').getAttribute('aria-invalid')).toBe('true')
      await dialog.getByLabel('Phone').fill('0712000000')
      await page.keyboard.press('Enter')
      await dialog.getByText('A customer with this phone number already exists').waitFor()
      await dialog.getByLabel('Phone').fill('0722 000 001')
      await dialog.getByLabel('First name').fill('Zuhura')
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await page.getByLabel('Search by name or phone').fill('zuhura')
      await page.getByRole('button', { name: 'Edit Zuhura' }).click()
      await dialog.getByLabel('Location').fill('Lamu')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('cell', { name: 'Lamu' }).waitFor()
      await page.getByRole('button', { name: 'Delete Zuhura' }).click()
      await dialog.getByRole('button', { name: 'Delete the customer' }).click()
      await page.getByText('No matching customers').waitFor()
      expect(await api.get('/customers')).toMatchObject({ pagination: { total_count: PEOPLE } })
      // Two refusals were wanted, and the browser tells of every one.
      expect(watched.complaints.splice(0).filter((line) => !/status of (400|409)/.test(line))).toEqual([])
    },
    LONG,
  )

  test(
    'writes a campaign with a preview that follows every key, and text stays text',
    async () => {
      await page.getByRole('link', { name: 'Campaigns' }).first().click()
      await page.getByRole('link', { name: 'New campaign' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Weekend sale')
      const text = page.getByLabel('Text', { exact: true })
      await text.fill(`<script>globalThis.broken=1</script>Hi `)
      await page.getByRole('button', { name: 'First name' }).click()
      expect(await text.inputValue()).toBe('<script>globalThis.broken=1</script>Hi {first_name|there}')
      await page.getByLabel('Search customers').fill('0712000000')
      await page.locator('.bubble', { hasText: `<script>globalThis.broken=1</script>Hi ${XSS}` }).waitFor()
      await text.fill('Hi {frist_name}')
      await page.getByText('did you mean "{first_name}"?').waitFor()
      await text.fill(`Hi {first_name|there}, ${'x'.repeat(150)}`)
      await page.getByText('2 parts · GSM-7').first().waitFor()
      await text.fill('“Hi” {first_name|there}')
      expect(await page.locator('.callout mark').allTextContents()).toEqual(['“', '”'])
      await page.getByRole('button', { name: 'Use plain quotes and dashes' }).click()
      expect(await text.inputValue()).toBe('"Hi" {first_name|there}')
      await text.fill('Hi {first_name|there}, see you in {location|town}')
      await page.getByText('At a set time').first().click()
      await page.getByLabel('Date and time').fill('2031-05-01T09:00')
      await page.getByText('That is 2031-05-01 06:00 UTC').waitFor()
      await page.getByText('Immediately').click()
      expect(await page.evaluate(() => Reflect.get(globalThis, 'broken'))).toBeUndefined()
    },
    LONG,
  )

  test(
    'sends it, pauses and resumes it in the middle, and shows it live until it is sent',
    async () => {
      await page.getByText('By filter').click()
      await page.getByLabel('Location contains').fill('nyeri')
      await page.getByRole('button', { name: 'Send to 500' }).waitFor()
      await page.getByLabel('Location contains').fill('')
      await page.getByRole('button', { name: 'Send to 1,000' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send to 1,000 people now' }).click()
      await page.getByRole('heading', { name: 'Weekend sale' }).waitFor()
      await becomes('sending')
      await until('some are sent', async () => (await outcome('sent')) > 0)
      // The list of them too, although the figures never stand still.
      await page.locator('.recipients .badge-sent').first().waitFor()
      await page.getByRole('button', { name: 'Pause' }).click()
      await becomes('paused')
      await until('nothing is being sent any more', async () => (await outcome('sending')) === 0)
      const held = await outcome('pending')
      expect(held).toBeGreaterThan(0)
      await page.waitForTimeout(1500)
      expect(await outcome('pending')).toBe(held)
      await page.getByRole('button', { name: 'Resume' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `Resume sending to ${held.toLocaleString('en')}` })
        .click()
      await becomes('sent')
      expect(await outcome('sent')).toBe(PEOPLE)
      expect(await page.locator('.chart canvas').count()).toBe(1)
    },
    LONG,
  )

  test(
    'finds a recipient by phone, pages through all of them, and exports them',
    async () => {
      const rows = page.locator('.recipients tbody tr')
      await page.getByLabel('Search by name or phone').fill('0712 000 000')
      await until('one is found', async () => (await rows.count()) === 1)
      expect(await rows.textContent()).toContain(`Hi ${XSS}, see you in Nyeri, "central"`)
      await page.getByLabel('Search by name or phone').fill('')
      await until('a page is shown', async () => (await rows.count()) === 50)
      await page.getByRole('navigation', { name: 'recipients' }).getByRole('button', { name: 'Next' }).click()
      await page.getByText('Page 2').waitFor()
      await page.getByLabel('Status', { exact: true }).selectOption('failed')
      await page.getByText('No matching recipients').waitFor()
      await page.getByLabel('Status', { exact: true }).selectOption('')
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export CSV' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('campaign-1-recipients.csv')
      const csv = await readFile(await download.path(), 'utf8')
      expect(csv.startsWith('\ufeffcustomer_id,phone,')).toBe(true)
      const data = readTable(csv)
      expect(data).toHaveLength(PEOPLE)
      expect(new Set(data.map((row) => row.phone)).size).toBe(PEOPLE)
      expect(data.every((row) => row.status === 'sent' && /^\+2547120\d{5}$/.test(row.phone ?? ''))).toBe(true)
      expect(data.find((row) => row.phone === '+254712000001')?.first_name).toBe(`'${FORMULA}`)
      expect(data.find((row) => row.phone === '+254712000000')?.first_name).toBe(XSS)
    },
    LONG,
  )

  test(
    'sends a test, and chooses recipients one by one or from a file',
    async () => {
      await page.getByRole('button', { name: 'Test send' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('To', { exact: true }).fill('0722000001')
      await dialog.getByRole('button', { name: 'Send the test' }).click()
      await dialog.getByText(/Sent to \+254722000001|The provider refused/).waitFor()
      await dialog.getByRole('button', { name: 'Close' }).last().click()
      const made = await api.post<{ id: number }>('/campaigns', {
        name: 'Few',
        channel: 'whatsapp',
        base_template: 'Hi',
      })
      await page.goto(`${url}/campaigns/${made.id}`)
      await page.getByRole('link', { name: 'Choose recipients' }).click()
      await page.getByText('One by one').click()
      await page.getByLabel(/^Name 999/).check()
      await page.getByRole('button', { name: 'Send to 1' }).waitFor()
      await page.getByText('From a CSV file').click()
      const csv = 'phone\n0712000002\n0733 000 001\n12\n+254712000002\n'
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'few.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
      await page.getByRole('button', { name: 'Send to 2' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send to 2 people now' }).click()
      await page.getByRole('heading', { name: '2 recipients' }).waitFor()
      expect(await api.get('/customers?q=0733')).toMatchObject({ pagination: { total_count: 1 } })
    },
    LONG,
  )

  test('has complained of nothing so far', () => {
    expect(watched.complaints).toEqual([])
  })
})
