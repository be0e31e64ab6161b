/** Attributes in the web console: declared, filled in for a customer and from a file, and kept while they are used. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

interface Customer {
  readonly id: number
  readonly tags: readonly string[]
  readonly language: string | null
  readonly attributes: Readonly<Record<string, unknown>>
}

describe.skipIf(!chromiumAvailable)('attributes in the console', () => {
  let opened: Console
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '1' })
    await opened.api.post('/customers', { phone: '+254712000001', first_name: 'Amina' })
    page = (await openPage(opened.browser)).page
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const customer = async (q: string) =>
    (await opened.api.get<{ data: Customer[] }>(`/customers?q=${encodeURIComponent(q)}`)).data[0]

  test(
    'an attribute is declared, and a customer gets values by type',
    async () => {
      await page.goto(`${opened.url}/customers`)
      await page.getByRole('link', { name: 'Attributes' }).click()
      await page.getByText('No attributes yet').waitFor()
      for (const [name, type] of [
        ['Loyalty points', 'Number'],
        ['member', 'Yes or no'],
      ] as const) {
        await page.getByRole('button', { name: 'New attribute' }).click()
        await page.getByLabel('Name', { exact: true }).fill(name)
        await page.getByLabel('Type').selectOption(type)
        await page.getByRole('button', { name: 'Add attribute' }).click()
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await page.getByRole('row', { name: /loyalty_points Number/ }).waitFor()
      const { id = 0 } = (await customer('amina')) ?? {}
      await page.goto(`${opened.url}/customers/${id}`)
      await page.getByRole('button', { name: 'Edit' }).click()
      await page.getByLabel('loyalty_points').fill('many')
      await page.getByLabel('member').selectOption('Yes')
      await page.getByLabel('Language').fill('sw')
      await page.getByLabel('Tags').fill('VIP, new')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('This is not a number').waitFor()
      await page.getByLabel('loyalty_points').fill('120')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByText('vip, new').waitFor()
      expect(await customer('amina')).toMatchObject({
        tags: ['vip', 'new'],
        language: 'sw',
        attributes: { loyalty_points: 120, member: true },
      })
    },
    LONG,
  )

  test(
    'columns of a file become attributes that are there and new ones, or are left out',
    async () => {
      const lines = [
        'Mobile,First name,Loyalty points,Shoe size,Remark',
        '0712000002,Ben,7,42,x',
        '0712000003,Chao,8.5,43,y',
        '0712000004,Dida,lots,44,z',
      ]
      await page.goto(`${opened.url}/customers/import`)
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
      await page.getByText('1 row refused').waitFor()
      expect(await page.getByLabel('Import Loyalty points as').inputValue()).toBe('attributes.loyalty_points')
      expect(await page.getByLabel('Import Remark as').inputValue()).toBe('')
      await page.getByLabel('Import Shoe size as').selectOption('New attribute…')
      expect(await page.getByLabel('Name of the attribute for Shoe size').inputValue()).toBe('shoe_size')
      expect(await page.getByLabel('Type of the attribute for Shoe size').inputValue()).toBe('number')
      await page.getByLabel('Name of the attribute for Shoe size').fill('member')
      await page.getByText('This attribute is there already').waitFor()
      await page.getByLabel('Name of the attribute for Shoe size').fill('size')
      await page.getByRole('button', { name: 'Import 2 customers' }).click()
      await page.getByText('Import complete').waitFor()
      expect((await customer('ben'))?.attributes).toEqual({ loyalty_points: 7, size: 42 })
      expect((await customer('chao'))?.attributes).toEqual({ loyalty_points: 8.5, size: 43 })
    },
    LONG,
  )

  test(
    'an attribute that is used is not deleted, and what uses it is named; another one is deleted',
    async () => {
      const rule = { field: 'attributes.size', at_least: 43 }
      await opened.api.post('/segments', { name: 'Large shoes', rule })
      await page.goto(`${opened.url}/customers/attributes`)
      await page.getByRole('button', { name: 'Delete size' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Delete the attribute' }).click()
      await dialog.getByRole('link', { name: 'Large shoes' }).waitFor()
      await dialog.getByText('The attribute is used').waitFor()
      await dialog.getByRole('button', { name: 'Go back' }).click()
      await page.getByRole('button', { name: 'Delete member' }).click()
      await dialog.getByRole('button', { name: 'Delete the attribute' }).click()
      await page.getByText('Attribute deleted').waitFor()
      expect((await customer('amina'))?.attributes).toEqual({ loyalty_points: 120 })
    },
    LONG,
  )
})
