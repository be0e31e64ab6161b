/** Every kind of file through the API and through the console's import page, in a real browser: the answers are the same. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { type CsvFile, csvFiles } from '../support/csv-files.ts'

const LONG = 120_000

interface Result {
  readonly figures: readonly number[]
  readonly refusals: readonly (readonly [number, string])[]
}

describe.skipIf(!chromiumAvailable)('the import page', () => {
  let opened: Console
  let page: Page
  let complaints: readonly string[]

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off' })
    ;({ page, complaints } = await openPage(opened.browser, { acceptDownloads: true, locale: 'en-GB' }))
    await page.goto(`${opened.url}/customers/import`)
    await page.getByText('Choose a CSV file').waitFor()
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const choose = async (name: string, bytes: Uint8Array) => {
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(bytes) })
    await page.locator('.drop', { hasText: name }).waitFor()
    await page.locator('[data-figure="rows"], .problem').first().waitFor()
  }
  const figure = async (name: string) =>
    Number((await page.locator(`[data-figure="${name}"]`).textContent())?.replaceAll(',', ''))
  const reasons = () =>
    page
      .locator('.refused-list tbody tr')
      .evaluateAll((rows) =>
        rows.map(({ children }) => [Number(children[0]?.textContent), children[1]?.textContent ?? ''] as const),
      )

  async function byPage({ bytes }: CsvFile, name: string): Promise<Result | string> {
    await choose(name, bytes)
    const [problem] = await page.locator('.problem').allTextContents()
    if (problem !== undefined) return problem
    const figures = [await figure('rows'), await figure('ready'), await figure('refused'), await figure('repeated')]
    return { figures, refusals: await reasons() }
  }

  async function byApi({ bytes }: CsvFile): Promise<Result | string> {
    const address = `${opened.server.url}/customers/import`
    const headers = { 'content-type': 'text/csv' }
    const body = new Blob([bytes as Uint8Array<ArrayBuffer>])
    const answer = await (await fetch(address, { method: 'POST', headers, body })).json()
    if (answer.error) return answer.error.message
    const { rows, refused, refusals } = answer
    const repeated = rows - refused - (await removeCustomers())
    return {
      figures: [rows, rows - refused - repeated, refused, repeated],
      refusals: refusals.map(({ line, message }: { line: number; message: string }) => [line, message] as const),
    }
  }
  /** @returns how many there were */
  async function removeCustomers(): Promise<number> {
    const { data } = await opened.api.get<{ data: readonly number[] }>('/customers/ids')
    for (const id of data) await fetch(`${opened.server.url}/customers/${id}`, { method: 'DELETE' })
    return data.length
  }

  const small = csvFiles.filter(({ expected }) => 'error' in expected || expected.ready < 10)
  test(
    'tells the same as the API of every file',
    async () => {
      for (const [nth, file] of small.entries()) {
        const [inPage, inApi] = [await byPage(file, `${nth}.csv`), await byApi(file)]
        if ('error' in file.expected && file.expected.asks) {
          expect(`${file.name}: ${inApi}`).toMatch(file.expected.error)
          expect(`${file.name}: ${inPage}`).toMatch(/Choose the column|choose one of them/)
        } else expect([file.name, inPage]).toEqual([file.name, inApi])
      }
      expect(complaints).toEqual([])
    },
    LONG,
  )

  test(
    'reads large files to their end',
    async () => {
      for (const [nth, file] of csvFiles.entries()) {
        const { expected } = file
        if ('error' in expected || expected.ready < 10) continue
        const { ready, refused, repeated } = expected
        const rows = ready + refused.length + repeated
        expect([file.name, await byPage(file, `large-${nth}.csv`)]).toMatchObject([
          file.name,
          { figures: [rows, ready, refused.length, repeated] },
        ])
      }
    },
    LONG,
  )

  test(
    'shows refused rows in a list of its own height, before and after the import, and saves all of them',
    async () => {
      const lines = Array.from({ length: 1500 }, (_, nth) => `12,Name ${nth}`)
      const csv = `Mobile,First name\n${lines.join('\n')}\n0712000001,=Amina\n12,"=1+1, x"\n`
      await choose('people.csv', Buffer.from(csv))
      const height = () => page.evaluate(() => document.documentElement.scrollHeight)
      expect(await height()).toBeLessThan(2500)
      await page.getByRole('button', { name: 'Import 1 customer' }).click()
      await page.getByRole('heading', { name: 'Import complete' }).waitFor()
      expect([await figure('created'), await figure('refused')]).toEqual([1, 1501])
      expect(await height()).toBeLessThan(2500)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save these rows as CSV' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('people-refused.csv')
      const saved = (await readFile(await download.path(), 'utf8')).split('\r\n')
      expect(saved).toHaveLength(1501 + 2)
      expect(saved[0]).toBe('\ufeffline,reason,Mobile,First name')
      expect(saved[1]).toMatch(/^2,The phone number is too short.*,12,Name 0$/)
      expect(saved[1501]).toMatch(/^1503,.*,12,"'=1\+1, x"$/)
    },
    LONG,
  )
})
