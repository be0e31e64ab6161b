/** Times of a campaign in the web console, in zones whose clocks change: an untouched one stays, a chosen one is the one meant. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Api } from '../../scripts/support/api.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

interface Times {
  readonly id: number
  readonly name: string
  readonly scheduled_at: string | null
  readonly expires_at: string | null
}

describe.skipIf(!chromiumAvailable)('times in the form for a campaign', () => {
  let opened: Console
  let url: string
  let api: Api

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off' })
    ;({ url, api } = opened)
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const create = (more: object): Promise<Times> =>
    api.post('/campaigns', { name: 'Sale', channel: 'sms', base_template: 'Hi {first_name|there}', ...more })
  const find = (id: number): Promise<Times> => api.get(`/campaigns/${id}`)

  /** Moments and the wall time of each; where a zone has an hour twice, the moments lie in that hour. */
  const kept: readonly (readonly [zone: string, iso: string, wallTime: string])[] = [
    ['Europe/Berlin', '2030-10-27T00:30:15.000Z', '2030-10-27T02:30:15'],
    ['Europe/Berlin', '2030-10-27T01:30:15.000Z', '2030-10-27T02:30:15'],
    ['America/New_York', '2030-11-03T05:30:45.250Z', '2030-11-03T01:30:45.25'],
    ['America/New_York', '2030-11-03T06:30:45.250Z', '2030-11-03T01:30:45.25'],
    ['Australia/Lord_Howe', '2030-04-06T15:15:30.000Z', '2030-04-07T01:45:30'],
    ['Africa/Nairobi', '2030-10-27T01:30:15.000Z', '2030-10-27T04:30:15'],
  ]
  test.each(kept)(
    'in %s, a new name leaves %s as it is',
    async (timezoneId, scheduled_at, wallTime) => {
      const expires_at = new Date(Date.parse(scheduled_at) + 86_400_000).toISOString()
      const { id } = await create({ scheduled_at, expires_at })
      const { page, complaints } = await openPage(opened.browser, { timezoneId })
      await page.goto(`${url}/campaigns/${id}/edit`)
      expect(await page.getByLabel('Date and time').inputValue()).toBe(wallTime)
      await page.getByLabel('Name', { exact: true }).fill('Renamed')
      await page.getByRole('button', { name: 'Save draft' }).click()
      await page.getByRole('heading', { name: 'Renamed' }).waitFor()
      expect(await find(id)).toMatchObject({ name: 'Renamed', scheduled_at, expires_at })
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )

  const repeated: readonly (readonly [zone: string, wallTime: string, choice: string, iso: string])[] = [
    ['Europe/Berlin', '2030-10-27T02:30', 'The first (UTC+02:00)', '2030-10-27T00:30:00.000Z'],
    ['Europe/Berlin', '2030-10-27T02:30', 'The second (UTC+01:00)', '2030-10-27T01:30:00.000Z'],
    ['America/New_York', '2030-11-03T01:15', 'The second (UTC-05:00)', '2030-11-03T06:15:00.000Z'],
    ['Australia/Lord_Howe', '2030-04-07T01:45', 'The second (UTC+10:30)', '2030-04-06T15:15:00.000Z'],
  ]
  test.each(repeated)(
    'in %s, %s is asked about: %s',
    async (timezoneId, wallTime, choice, iso) => {
      const { id } = await create({ scheduled_at: '2030-01-01T00:00:00Z' })
      const { page } = await openPage(opened.browser, { timezoneId })
      await page.goto(`${url}/campaigns/${id}/edit`)
      await page.getByLabel('Date and time').fill(wallTime)
      await page.getByLabel(choice).check()
      await page.getByText(`That is ${iso.slice(0, 16).replace('T', ' ')} UTC`).waitFor()
      await page.getByRole('button', { name: 'Save draft' }).click()
      await page.getByRole('heading', { name: 'Sale' }).waitFor()
      expect((await find(id)).scheduled_at).toBe(iso)
      await page.context().close()
    },
    LONG,
  )

  const skipped: readonly (readonly [zone: string, wallTime: string, later: string, iso: string])[] = [
    ['Europe/Berlin', '2030-03-31T02:30', '2030-03-31T03:30', '2030-03-31T01:30:00.000Z'],
    ['America/New_York', '2030-03-10T02:30', '2030-03-10T03:30', '2030-03-10T07:30:00.000Z'],
    ['Australia/Lord_Howe', '2030-10-06T02:15', '2030-10-06T02:45', '2030-10-05T15:45:00.000Z'],
  ]
  test.each(skipped)(
    'in %s, %s does not exist and is not saved',
    async (timezoneId, wallTime, later, iso) => {
      const { id } = await create({ scheduled_at: '2030-01-01T00:00:00Z' })
      const { page } = await openPage(opened.browser, { timezoneId })
      await page.goto(`${url}/campaigns/${id}/edit`)
      await page.getByLabel('Date and time').fill(wallTime)
      await page.getByText(`Clocks in ${timezoneId} go forward and skip this time`).waitFor()
      const save = page.getByRole('button', { name: 'Save draft' })
      expect(await save.getAttribute('aria-disabled')).toBe('true')
      await page.getByLabel('Date and time').fill(later)
      await save.click()
      await page.getByRole('heading', { name: 'Sale' }).waitFor()
      expect((await find(id)).scheduled_at).toBe(iso)
      await page.context().close()
    },
    LONG,
  )
})
