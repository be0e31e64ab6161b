/** An audience that needs several calls, given by the console: a reload in the middle leaves nobody out and doubles nothing. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 60
/** As many ids as the console gives in one call. */
const STEP = 100_000
const FIRST = 30

interface Shown {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly audience_open: boolean
  readonly stats: { readonly total: number; readonly sent: number }
}

/** The first people again and again, so that the others need a second call. */
const ids = [
  ...Array.from({ length: STEP }, (_, at) => (at % FIRST) + 1),
  ...Array.from({ length: PEOPLE - FIRST }, (_, at) => FIRST + at + 1),
]

describe.skipIf(!chromiumAvailable)('an audience that needs several calls', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_LATENCY_MS: '1', MOCK_SUCCESS_RATE: '1' })
    for (let nth = 0; nth < PEOPLE; nth++)
      await opened.api.post('/customers', { phone: `+2547120${String(nth).padStart(5, '0')}`, first_name: `N${nth}` })
  }, LONG)
  // A tab of its own: what one test leaves open or held in its tab is nothing to the next.
  beforeEach(async () => {
    ;({ page } = await openPage(opened.browser, { locale: 'en-GB' }))
    await page.route(/\/api\/customers\/ids/, (route) => route.fulfill({ json: { data: ids, next_cursor: null } }))
  }, LONG)
  afterEach(() => page.context().close(), LONG)
  afterAll(() => opened?.close(), LONG)

  const campaigns = async () => (await opened.api.get<{ data: Shown[] }>('/campaigns')).data

  const begin = async (name: string) => {
    await page.goto(`${opened.url}/campaigns/new`)
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Text', { exact: true }).fill('Hi {first_name}')
    await page.getByText('By filter').click()
    await page.getByRole('button', { name: `Send to ${PEOPLE} people` }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Test sender: nobody receives these messages').waitFor()
    await dialog.getByRole('button', { name: `Send to ${PEOPLE} people now` }).click()
  }

  /** Lets calls to /send through up to the one of this turn, from 1, which nobody answers: resolves when it was made. */
  const hold = async (held: number): Promise<{ readonly made: Promise<void> }> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let turn = 0
    await page.route(/\/send$/, async (route) => {
      turn++
      if (turn < held) await route.continue()
      else resolve()
    })
    return { made: promise }
  }

  const reload = async () => {
    await page.unroute(/\/send$/)
    page.once('dialog', (dialog) => dialog.accept())
    await page.reload()
  }

  /** The newest campaign is the only one of its name, and it reached everybody. */
  const endsWhole = async (name: string) => {
    await until('it is sent', async () => (await campaigns())[0]?.status === 'sent')
    const named = (await campaigns()).filter((campaign) => campaign.name === name)
    expect(named.map(({ stats, audience_open }) => [stats.total, stats.sent, audience_open])).toEqual([
      [PEOPLE, PEOPLE, false],
    ])
    await page.locator('.page-head .badge:not(.badge-test)', { hasText: 'sent' }).waitFor()
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([])
  }

  test.each([
    ['before the first call is answered', 1],
    ['between the calls', 2],
  ])(
    'goes on after a reload %s, with the same campaign',
    async (name, held) => {
      const { made } = await hold(held)
      await begin(name)
      await made
      if (held > 1) {
        await until('all who are in were written to', async () => (await campaigns())[0]?.stats.sent === FIRST)
        const [campaign] = await campaigns()
        expect(campaign).toMatchObject({ status: 'sending', audience_open: true, waiting: { reason: 'audience_open' } })
        await page.getByText(/^Recipients are still being added: /).waitFor()
      }
      await reload()
      await endsWhole(name)
      expect(await page.getByText('This tab kept your unsaved changes').count()).toBe(0)
    },
    LONG,
  )

  test(
    'says so on the page of the campaign, and ends where nobody goes on',
    async () => {
      const { made } = await hold(2)
      await begin('Left open')
      await made
      const [campaign] = await campaigns()
      const other = await openPage(opened.browser, { locale: 'en-GB' })
      await other.page.goto(`${opened.url}/campaigns/${campaign?.id}`)
      await other.page.locator('[data-waiting="audience_open"]').waitFor()
      await other.page.getByRole('button', { name: 'No more recipients' }).click()
      await other.page.locator('.page-head .badge:not(.badge-test)', { hasText: 'sent' }).waitFor()
      await other.page.getByText('still being added').waitFor({ state: 'detached' })
      await other.page.context().close()
      await reload()
      await until('the tab gives up', () => page.evaluate(() => sessionStorage.length === 0))
      expect((await campaigns())[0]).toMatchObject({ status: 'sent', stats: { total: FIRST, sent: FIRST } })
    },
    LONG,
  )

  test(
    'a refused first call sends nothing after a reload',
    async () => {
      const error = { code: 'TEMPLATE_UNKNOWN_PLACEHOLDER', message: 'The template is wrong' }
      await page.route(/\/send$/, (route) => route.fulfill({ status: 400, json: { error } }))
      await begin('Refused')
      await page.getByText('The template is wrong').waitFor()
      await reload()
      await page.getByText('This tab kept your unsaved changes').waitFor()
      expect((await campaigns())[0]).toMatchObject({ name: 'Refused', status: 'draft', stats: { total: 0 } })
    },
    LONG,
  )
})
