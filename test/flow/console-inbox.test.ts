/** The console's inbox: near misses are decided, and messages of people are found by phone, sender and reading. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { checkPage } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { write, writtenTo } from '../support/people-write.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const AMINA = '+254712345678'
const BRIAN = '+254712345679'
const NOBODY = '+254712345680'

describe.skipIf(!chromiumAvailable)('the inbox in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', ...writtenTo })
    await opened.api.post('/customers', { phone: AMINA, first_name: 'Amina', last_name: 'Otieno' })
    await opened.api.post('/customers', { phone: BRIAN, first_name: 'Brian' })
    await write(opened, AMINA, 'When do you open?')
    await write(opened, BRIAN, 'STOP')
    await write(opened, AMINA, 'Please stop')
    await write(opened, NOBODY, 'leave me alone')
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const toDecide = () => page.getByRole('region', { name: 'To be decided' })
  const rows = () => page.getByRole('region', { name: 'All messages' }).locator('tbody tr')
  const suppressed = async () =>
    (await opened.api.get<{ data: { phone: string }[] }>('/suppressions')).data.map(({ phone }) => phone).sort()

  test(
    'near misses are decided one by one: an opt-out stays suppressed, and anybody else gets messages again',
    async () => {
      await page.goto(`${opened.url}/inbox`)
      await toDecide().getByText('leave me alone').waitFor()
      expect(await toDecide().getByRole('listitem').count()).toBe(2)
      expect(await suppressed()).toEqual([AMINA, BRIAN, NOBODY])
      await toDecide().getByRole('button', { name: 'Not an opt-out: Amina Otieno' }).click()
      await page.getByText('Amina Otieno gets messages again').waitFor()
      await toDecide().getByText('Please stop').waitFor({ state: 'detached' })
      expect(await suppressed()).toEqual([BRIAN, NOBODY])
      await toDecide()
        .getByRole('button', { name: `Opt-out: ${NOBODY}`, exact: true })
        .click()
      await toDecide().getByText('Nothing to decide').waitFor()
      expect(await suppressed()).toEqual([BRIAN, NOBODY])
      const amina = rows().filter({ hasText: 'Please stop' })
      await amina.getByText('Decided: not an opt-out').waitFor()
      await amina.getByRole('button', { name: 'Opt-out: Amina Otieno' }).click()
      await amina.getByText('Decided: opt-out').waitFor()
      expect(await suppressed()).toEqual([AMINA, BRIAN, NOBODY])
    },
    LONG,
  )

  test(
    'messages are found by phone in any spelling, by reading and by sender, and the address keeps the filter',
    async () => {
      await page.goto(`${opened.url}/inbox`)
      await until('all are listed', async () => (await rows().count()) === 4)
      await page.getByLabel('Whole phone number').fill('0712')
      await page.getByText('No such phone number').waitFor()
      await page.getByLabel('Whole phone number').fill('0712 345 678')
      await until('those of one phone are listed', async () => (await rows().count()) === 2)
      await page.getByLabel('Read as').selectOption('other')
      await until('one is listed', async () => (await rows().count()) === 1)
      expect(await rows().textContent()).toContain('When do you open?')
      expect(await rows().textContent()).toContain('Something else')
      await page.reload()
      await until('one is listed again', async () => (await rows().count()) === 1)
      await page.getByLabel('Sender', { exact: true }).selectOption('main')
      await page.getByText('No matching messages').waitFor()
      await page.goto(`${opened.url}/inbox`)
      await rows().getByRole('link', { name: BRIAN }).click()
      await until('those of Brian are listed', async () => (await rows().count()) === 1)
      await rows().getByRole('link', { name: 'Brian', exact: true }).click()
      await page.getByRole('heading', { name: 'Brian' }).waitFor()
    },
    LONG,
  )

  test(
    'has no serious finding of axe, and fits into a phone',
    async () => {
      const findings = await checkPage(opened.browser, async (looked) => {
        await looked.goto(`${opened.url}/inbox`)
        await looked.getByText('When do you open?').waitFor()
      })
      expect(findings).toEqual([])
    },
    LONG,
  )

  test(
    'a person who may only read is told so in the words of the API',
    async () => {
      await write(opened, BRIAN, 'START')
      await write(opened, BRIAN, 'stop please')
      const refusal = { code: 'FORBIDDEN', message: 'This key may not decide' }
      await page.route('**/review', (route) => route.fulfill({ status: 403, json: { error: refusal } }))
      await page.goto(`${opened.url}/inbox`)
      await toDecide().getByRole('button', { name: 'Not an opt-out: Brian' }).click()
      await toDecide().getByRole('alert').getByText(refusal.message).waitFor()
      await page.unroute('**/review')
      expect(await suppressed()).toContain(BRIAN)
    },
    LONG,
  )
})
