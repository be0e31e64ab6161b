/** A person's page in the console: what they were sent, what they wrote, and why nothing is sent to them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { checkPage } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { write, writtenTo } from '../support/people-write.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const AMINA = '+49301234567'
/** A phone that begins with hers. */
const OTHER = '+493012345678'

describe.skipIf(!chromiumAvailable)('a person in the console', () => {
  let opened: Console
  let page: Page
  let url: string

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', ...writtenTo })
    const { api } = opened
    const { id } = await api.post<{ id: number }>('/customers', { phone: AMINA, first_name: 'Amina' })
    await api.post('/suppressions', { phones: [OTHER], reason: 'manual' })
    await api.post('/campaigns', { name: 'Offer', channel: 'sms', base_template: 'Hi {first_name}' })
    await api.post('/campaigns/1/send', { customer_ids: [id] })
    url = `${opened.url}/customers/${id}`
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const card = (name: string) => page.getByRole('region', { name, exact: true })
  const reasons = async () =>
    (await opened.api.get<{ data: { phone: string; reason: string }[] }>('/suppressions')).data
      .filter(({ phone }) => phone === AMINA)
      .map(({ reason }) => reason)

  test(
    'is sent a message, writes, is suppressed until it is decided, and gets messages again',
    async () => {
      await page.goto(url)
      await card('What they were sent').getByRole('link', { name: 'Offer' }).waitFor()
      await card('Suppressions').getByText('This phone is not suppressed.').waitFor()
      await card('What they wrote').getByText('Nothing has come from this phone.').waitFor()
      await write(opened, AMINA, 'please stop')
      await card('What they wrote').getByText('please stop').waitFor()
      await card('Suppressions').getByText('Nothing is sent to this phone.').waitFor()
      await card('Suppressions').getByText('to be decided in the inbox').waitFor()
      await card('What they wrote').getByRole('button', { name: 'Not an opt-out' }).click()
      await card('Suppressions').getByText('This phone is not suppressed.').waitFor()
      await card('What they wrote').getByText('Decided: not an opt-out').waitFor()
    },
    LONG,
  )

  test(
    'is suppressed by hand on one channel, and no longer',
    async () => {
      await page.goto(url)
      await card('Suppressions').getByRole('button', { name: 'Suppress…' }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.getByLabel('Phone numbers').inputValue()).toBe(AMINA)
      await dialog.getByLabel('Channel').selectOption('whatsapp')
      await dialog.getByLabel('Reason').selectOption('complaint')
      await dialog.getByRole('button', { name: 'Suppress phone' }).click()
      await card('Suppressions').getByText('Nothing is sent to this phone by WhatsApp.').waitFor()
      expect(await reasons()).toEqual(['complaint'])
      const findings = await checkPage(opened.browser, async (looked) => {
        await looked.goto(url)
        await looked.getByText('Nothing is sent to this phone by WhatsApp.').waitFor()
        await looked.getByText('please stop').waitFor()
      })
      expect(findings).toEqual([])
      const { api } = opened
      const skipped = { name: 'Skipped', channel: 'whatsapp', base_template: 'Hi' }
      const { id } = await api.post<{ id: number }>('/campaigns', skipped)
      await api.post(`/campaigns/${id}/send`, { customer_ids: [1] })
      await until('it is over', async () => (await api.get<{ status: string }>(`/campaigns/${id}`)).status === 'failed')
      await page.reload()
      await card('What they were sent').getByText('The person has complained about messages').waitFor()
      // Nobody tried to send it.
      expect(await card('What they were sent').getByText('failed attempt').count()).toBe(0)
      await card('Suppressions')
        .getByRole('button', { name: `Remove ${AMINA}` })
        .click()
      await dialog.getByRole('button', { name: 'Remove it' }).click()
      await card('Suppressions').getByText('This phone is not suppressed.').waitFor()
      await until('nothing is left', async () => (await reasons()).length === 0)
    },
    LONG,
  )
})
