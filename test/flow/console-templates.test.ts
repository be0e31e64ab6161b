/** Campaigns with an approved template in the web console, over a fake WhatsApp. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Api } from '../../scripts/support/api.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { startFakeSender } from '../support/providers/fake-sender.ts'
import { type FakeProcess, releaseFakes } from '../support/providers/process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('the form for a WhatsApp campaign', () => {
  let opened: Console
  let fake: FakeProcess
  let url: string
  let api: Api

  beforeAll(async () => {
    const started = await startFakeSender('whatsapp', 'http://127.0.0.1:1', {}, {})
    fake = started.fake
    opened = await openConsole({ WORKER_LEASE_SECONDS: '40', ...started.environment })
    ;({ url, api } = opened)
  }, LONG)
  afterAll(async () => {
    await opened?.close()
    await releaseFakes()
  }, LONG)

  test(
    'offers the templates that can be used, keeps the text in step with their placeholders, and sends them',
    async () => {
      const { page, complaints } = await openPage(opened.browser)
      await page.goto(`${url}/campaigns/new`)
      await page.getByLabel('Name', { exact: true }).fill('Spring')
      await page.getByText('WhatsApp', { exact: true }).click()
      await page.getByText('WhatsApp delivers free text only to people').waitFor()
      await page.getByText('An approved template').click()
      const reasons = page.locator('.reasons')
      expect(await reasons.textContent()).toContain('Choose a template')
      await page.getByLabel('Template', { exact: true }).selectOption('spring_sale (en_US)')
      const options = await page.getByLabel('Template', { exact: true }).locator('option').allTextContents()
      expect(options).toEqual(['Choose a template', 'spring_sale (en_US)', 'closed_today (sw)'])
      expect(await reasons.textContent()).toContain('Fill in every placeholder of the template')
      await page.getByLabel('Placeholder {{1}}').fill('{first_name|friend}')
      await page.getByLabel('Placeholder {{2}}').fill('{prefered_product|our sale}')
      const text = 'Hi {first_name|friend}, {prefered_product|our sale} is back! Reply STOP to opt out.'
      expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe(text)
      await page.getByText('By filter').click()
      await page.getByLabel('Name or phone contains').fill('alice')
      await page.getByRole('button', { name: 'Send to 1 person' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send to 1 person now' }).click()
      await page.getByText('Sent as the approved template spring_sale (en_US)').waitFor()
      const [accepted] = await until('it is sent', async () => {
        const accepts = await fake.entries('accept')
        return accepts.length > 0 && accepts
      })
      expect(accepted?.text).toBe('spring_sale: Alice, Running Shoes')
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )

  test(
    'shows the template of a draft, and takes it away when free text is chosen',
    async () => {
      const template = { name: 'gone_from_meta', language: 'en', parameters: ['{first_name|friend}'] }
      const body = { name: 'Old', channel: 'whatsapp', base_template: 'Hi {first_name|friend}', template }
      const { id } = await api.post<{ id: number }>('/campaigns', body)
      const { page } = await openPage(opened.browser)
      await page.goto(`${url}/campaigns/${id}/edit`)
      const choice = page.getByLabel('Template', { exact: true })
      await until('it is listed', async () => (await choice.locator('option').count()) === 3)
      expect(await choice.locator('option').first().textContent()).toBe('gone_from_meta (not listed)')
      expect(await page.getByLabel('Placeholder {{1}}').inputValue()).toBe('{first_name|friend}')
      await page.getByText('Free text', { exact: true }).click()
      await page.getByRole('button', { name: 'Save draft' }).click()
      await until(
        'it is saved',
        async () => (await api.get<{ template: unknown }>(`/campaigns/${id}`)).template === null,
      )
      await page.context().close()
    },
    LONG,
  )
})
