/** Writing a campaign in the web console: the last step before sending, work that is not lost, a preview of the right people. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import type { Api } from '../../scripts/support/api.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 1200

describe.skipIf(!chromiumAvailable)('the form for a campaign', () => {
  let opened: Console
  let url: string
  let api: Api

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '0.5', WORKER_MAX_ATTEMPTS: '1' })
    ;({ url, api } = opened)
    const rows = Array.from({ length: PEOPLE }, (_, nth) => ({
      phone: `+2547120${String(nth).padStart(5, '0')}`,
      first_name: nth < 3 ? `Zuri ${nth}` : `Name ${nth}`,
      location: nth < 3 ? 'Lamu' : 'Nairobi',
    }))
    await fetch(`${opened.server.url}/customers/import`, {
      method: 'POST',
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    })
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const create = (more: object = {}): Promise<{ id: number }> =>
    api.post('/campaigns', { name: 'Sale', channel: 'sms', base_template: 'Hi {first_name|there}', ...more })
  const write = async (page: Page, name: string, text = 'Hi {first_name|there}') => {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Text', { exact: true }).fill(text)
  }
  const bar = (page: Page) => page.locator('.compose-bar')

  describe('the last step', () => {
    test(
      'offers characters of the SMS alphabet with what they save, and takes none unasked',
      async () => {
        const { page, complaints } = await openPage(opened.browser, { locale: 'en-GB' })
        await page.goto(`${url}/campaigns/new`)
        await write(page, 'Curly', `${'a'.repeat(80)} it’s you, {first_name}`)
        await page.getByText('By filter').click()
        await page.getByLabel('Location').fill('Lamu')
        await page.getByRole('button', { name: 'Send to 3 people' }).click()
        const dialog = page.getByRole('dialog', { name: 'Send this campaign?' })
        const run = dialog.getByRole('region', { name: 'Dry run' })
        await run.getByText('2 parts per message, 6 in total').waitFor()
        await run.getByText('3 parts of 6 can be saved').waitFor()
        await run.getByText(`${'a'.repeat(80)} it's you, Zuri`).waitFor()
        expect(await dialog.locator('.bubble').textContent()).toContain('it’s you')
        await run.getByRole('button', { name: 'Use plain quotes and dashes' }).click()
        await run.getByText('1 part per message, 3 in total').waitFor()
        expect(await dialog.locator('.bubble').textContent()).toContain("it's you")
        expect(await run.getByRole('button', { name: 'Use plain quotes and dashes' }).count()).toBe(0)
        await dialog.getByRole('button', { name: 'Send to 3 people now' }).click()
        await page.getByRole('heading', { name: '3 recipients' }).waitFor()
        const { data } = await api.get<{ data: { id: number }[] }>('/campaigns?q=curly')
        const [campaign] = data
        expect(data).toMatchObject([{ base_template: expect.stringContaining('it’s'), transliteration: 'punctuation' }])
        const { data: messages } = await api.get<{ data: { rendered_content: string | null }[] }>(
          `/campaigns/${campaign?.id}/messages`,
        )
        expect(messages).toHaveLength(3)
        expect(complaints).toEqual([])
        await page.context().close()
      },
      LONG,
    )

    test(
      'names text, recipients, parts, sender and time, and more than 1,000 people are typed',
      async () => {
        const { page, complaints } = await openPage(opened.browser, { timezoneId: 'Africa/Nairobi', locale: 'en-GB' })
        await page.goto(`${url}/campaigns/new`)
        await write(page, 'To everybody')
        await page.getByText('By filter').click()
        await page.getByRole('button', { name: 'Send to 1,200 people' }).click()
        const dialog = page.getByRole('dialog', { name: 'Send this campaign?' })
        await dialog.getByText('All customers.').waitFor()
        await dialog.getByText('1 part per message, 1,200 in total').waitFor()
        const summary = await dialog.textContent()
        for (const part of ['1,200 people', 'Now', 'To everybody', 'As fast as the provider takes them'])
          expect(summary).toContain(part)
        expect(await dialog.locator('.bubble').textContent()).toMatch(/^Hi (Name|Zuri) \d+$/)
        const send = dialog.getByRole('button', { name: 'Send to 1,200 people now' })
        expect(await send.getAttribute('aria-disabled')).toBe('true')
        // Reachable by keyboard, tied to its reason, and without effect.
        await send.focus()
        await page.keyboard.press('Enter')
        const reason = await send.getAttribute('aria-describedby')
        expect(await page.locator(`[id="${reason}"]`).textContent()).toBe('Type 1,200 above to confirm')
        // A draft for the dry run, without recipients.
        const { data } = await api.get<{ data: unknown[] }>('/campaigns?q=everybody')
        expect(data).toMatchObject([{ status: 'draft', stats: { total: 0 } }])
        await dialog.getByLabel('Number of people').fill('1,200')
        await send.click()
        await page.getByRole('heading', { name: 'To everybody' }).waitFor()
        await page.getByRole('heading', { name: '1,200 recipients' }).waitFor()
        expect(complaints).toEqual([])
        await page.context().close()
      },
      LONG,
    )

    test(
      'names the time with its zone, and Escape sends nothing',
      async () => {
        const { page } = await openPage(opened.browser, { timezoneId: 'Europe/Berlin', locale: 'en-GB' })
        await page.goto(`${url}/campaigns/new`)
        await write(page, 'Later')
        await page.getByText('By filter').click()
        await page.getByLabel('Location contains').fill('lamu')
        await page.getByText('At a set time').first().click()
        await page.getByLabel('Date and time').fill('2030-10-27T02:30')
        await page.getByLabel('The second (UTC+01:00)').check()
        await page.getByRole('button', { name: 'Schedule for 3 people' }).click()
        const dialog = page.getByRole('dialog', { name: 'Schedule this campaign?' })
        await dialog.getByText(/27 October 2030 at 02:30 GMT\+1 \(Europe\/Berlin\)/).waitFor()
        await dialog.getByText('Customers whose location contains “lamu”.').waitFor()
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })
        expect(await api.get('/campaigns?q=Later')).toMatchObject({ data: [{ stats: { total: 0 } }] })
        await page.context().close()
      },
      LONG,
    )

    test(
      'retry, resume and cancel name how many people they concern, and going back does nothing',
      async () => {
        const { id } = await create({ name: 'Half of them' })
        const { data } = await api.get<{ data: number[] }>('/customers/ids')
        await api.post(`/campaigns/${id}/send`, { customer_ids: data.slice(0, 40) })
        const counts = () => api.get<{ status: string; stats: { failed: number } }>(`/campaigns/${id}`)
        await until('it is sent', async () => (await counts()).status === 'sent')
        const { failed } = (await counts()).stats
        expect(failed).toBeGreaterThan(0)
        const { page } = await openPage(opened.browser)
        await page.goto(`${url}/campaigns/${id}`)
        await page.getByRole('button', { name: `Retry ${failed} failed` }).click()
        const dialog = page.getByRole('dialog', { name: 'Retry failed recipients?' })
        const again = dialog.getByRole('button', { name: new RegExp(`^Send to ${failed} (person|people) again$`) })
        await again.waitFor()
        await dialog.getByText('Hi {first_name|there}').waitFor()
        await dialog.getByRole('button', { name: 'Go back' }).click()
        expect((await counts()).stats.failed).toBe(failed)
        await page.getByRole('button', { name: `Retry ${failed} failed` }).click()
        await again.click()
        await page.getByText(/messages? queued again/).waitFor()
        await page.context().close()
      },
      LONG,
    )
  })

  describe('unsaved work', () => {
    test(
      'is asked about before leaving, and is back after leaving, going back and a reload',
      async () => {
        const { page, complaints } = await openPage(opened.browser)
        await page.goto(`${url}/campaigns/new`)
        await page.getByRole('link', { name: 'Customers' }).click()
        await page.getByRole('heading', { name: 'Customers' }).waitFor()
        await page.goBack()
        await write(page, 'Half written', 'Dear {first_name|friend}')
        await page.getByText('By filter').click()
        await page.getByLabel('Location contains').fill('lamu')
        await page.getByRole('button', { name: 'Send to 3 people' }).waitFor()
        const leaving = page.getByRole('dialog', { name: 'Leave without saving?' })
        await page.getByRole('link', { name: 'Customers' }).click()
        await leaving.getByRole('button', { name: 'Keep editing' }).click()
        expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Half written')
        const asked: string[] = []
        page.on('dialog', (dialog) => {
          asked.push(dialog.type())
          void dialog.accept()
        })
        await page.reload()
        expect(asked).toEqual(['beforeunload'])
        const isBack = async () => {
          await page.getByText('This tab kept your unsaved changes').waitFor()
          expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Half written')
          expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Dear {first_name|friend}')
          expect(await page.getByLabel('Location contains').inputValue()).toBe('lamu')
        }
        await isBack()
        await page.getByRole('link', { name: 'Operations' }).click()
        await leaving.getByRole('button', { name: 'Finish later' }).click()
        await page.getByRole('heading', { name: 'Operations' }).waitFor()
        await page.goBack()
        await isBack()
        await page.goBack()
        await page.goForward()
        await isBack()
        await page.getByRole('link', { name: 'Customers' }).click()
        await leaving.getByRole('button', { name: 'Discard changes' }).click()
        await page.getByRole('heading', { name: 'Customers' }).waitFor()
        await page.goto(`${url}/campaigns/new`)
        expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('')
        expect(await page.evaluate(() => [sessionStorage.length, localStorage.length])).toEqual([0, 0])
        expect(complaints).toEqual([])
        await page.context().close()
      },
      LONG,
    )

    test(
      'a duplicate has the text and not the times, and is not saved until somebody saves it',
      async () => {
        const { id } = await create({ name: 'Original', channel: 'whatsapp', scheduled_at: '2030-05-01T06:00:00Z' })
        const { page } = await openPage(opened.browser)
        await page.goto(`${url}/campaigns?q=Original`)
        await page.getByRole('link', { name: 'Duplicate Original' }).click()
        await page.getByRole('heading', { name: 'New campaign' }).waitFor()
        expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Copy of Original')
        expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Hi {first_name|there}')
        expect(await page.getByLabel('WhatsApp').isChecked()).toBe(true)
        expect(await page.getByLabel('Immediately').isChecked()).toBe(true)
        await page.goto(`${url}/campaigns/${id}`)
        await page.getByRole('link', { name: 'Duplicate' }).click()
        await page.getByRole('button', { name: 'Save draft' }).click()
        await page.getByRole('heading', { name: 'Copy of Original' }).waitFor()
        expect(await api.get('/campaigns?q=Original')).toMatchObject({ pagination: { total_count: 2 } })
        await page.context().close()
      },
      LONG,
    )

    test(
      'a test from the editor saves a draft first, which goes on being the same campaign',
      async () => {
        const { page } = await openPage(opened.browser)
        await page.goto(`${url}/campaigns/new`)
        await write(page, 'Tried first')
        await bar(page).getByRole('button', { name: 'Test send' }).click()
        const dialog = page.getByRole('dialog', { name: 'Test send' })
        await dialog.getByText('The campaign is saved as a draft first.').waitFor()
        const send = dialog.getByRole('button', { name: 'Send the test' })
        await send.focus()
        await page.keyboard.press('Enter')
        await dialog.getByText('Enter a phone number').waitFor()
        await dialog.getByLabel('To', { exact: true }).fill('0722000001')
        await send.click()
        await dialog.getByText(/Sent to \+254722000001|The provider refused/).waitFor()
        await dialog.getByRole('button', { name: 'Close' }).last().click()
        await page.getByRole('heading', { name: 'Edit campaign' }).waitFor()
        await page.getByLabel('Name', { exact: true }).fill('Tried first, then changed')
        await page.getByRole('button', { name: 'Save draft' }).click()
        await page.getByRole('heading', { name: 'Tried first, then changed' }).waitFor()
        expect(await api.get('/campaigns?q=Tried')).toMatchObject({ pagination: { total_count: 1 } })
        await page.context().close()
      },
      LONG,
    )
  })

  test(
    'the preview shows people of the audience: of the filter, of the choice, of the file',
    async () => {
      const { page } = await openPage(opened.browser)
      await page.goto(`${url}/campaigns/new`)
      await write(page, 'Seen')
      const names = page.locator('.preview figcaption strong')
      const shows = (what: string, fits: RegExp) =>
        until(what, async () => {
          const texts = await names.allTextContents()
          return texts.length > 0 && texts.every((text) => fits.test(text))
        })
      await page.getByText('By filter').click()
      await page.getByLabel('Location contains').fill('lamu')
      await shows('those of the filter', /^Zuri \d$/)
      await page.getByText('One by one').click()
      await page.getByText('No recipients yet').waitFor()
      await page.getByLabel(/^Name 1199/).check()
      await shows('the one that was chosen', /^Name 1199$/)
      await page.getByText('From a CSV file').click()
      const csv = 'phone,first_name\n0733000001,Filed\n0733000002,Filed too\n'
      const file = { name: 'few.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
      await page.locator('input[type=file]').setInputFiles(file)
      await shows('those of the file', /^Filed( too)?$/)
      await page.context().close()
    },
    LONG,
  )
})
