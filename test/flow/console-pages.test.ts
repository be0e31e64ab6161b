/** The web console's pages one by one: for those who hear them, for those without a mouse, with a key, without a service. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { findViolations, looks, openForAxe, overhangOf } from '../support/axe.ts'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('the pages', () => {
  let opened: Console
  let url: string
  let page: Page

  beforeAll(async () => {
    opened = await openConsole({ MOCK_SUCCESS_RATE: '0.5', WORKER_MAX_ATTEMPTS: '1' })
    url = opened.url
    page = (await openPage(opened.browser)).page
    await opened.api.post('/attributes', { name: 'points', type: 'number' })
    const rule = { any: [{ all: [{ tag: 'vip' }, { campaign: 1 }] }, { field: 'attributes.points', in: [1, 2] }] }
    await opened.api.post('/segments', { name: 'Some', rule })
    // Some sent and some failed, so that every part of a campaign's page is there.
    await opened.api.post('/campaigns/1/send', { customer_ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] })
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  test(
    'every page is without serious findings of axe, light and dark, and fits into 360 pixels',
    async () => {
      const paths = [
        '/campaigns',
        '/campaigns/new',
        '/campaigns/1',
        '/customers',
        '/customers/1',
        '/customers/import',
        '/customers/attributes',
        '/customers/suppressions',
        '/segments',
        '/segments/new',
        '/segments/1',
        '/inbox',
        '/senders',
        '/senders/prices',
        '/policies',
        '/operations',
        '/none',
      ]
      for (const look of looks) {
        const { page: looked, complaints } = await openForAxe(opened.browser, look)
        for (const path of paths) {
          await looked.goto(url + path)
          await looked.getByRole('heading').or(looked.getByText('Page not found')).first().waitFor()
          await looked.getByText('Loading').first().waitFor({ state: 'detached' })
          // With all that it has to say.
          if (path === '/campaigns/new') await looked.getByLabel('Text', { exact: true }).fill('“Hi” {frist_name} …')
          expect([path, ...look, await findViolations(looked)]).toEqual([path, ...look, []])
          expect([path, await overhangOf(looked)]).toEqual([path, 0])
        }
        expect(complaints).toEqual([])
        await looked.context().close()
      }
    },
    LONG,
  )

  test(
    'recipients by filter: a count that arrives while one types takes nothing back, and is shown for no other filter',
    async () => {
      const { page } = await openPage(opened.browser)
      await page.goto(`${url}/campaigns/new`)
      const button = page.getByRole('button', { name: /^Send/ })
      await button.waitFor()
      await page.exposeFunction('shown', (name: string) => names.push(name))
      const names: string[] = []
      await page.evaluate(() => {
        const labels = new MutationObserver(() => {
          const name = document.querySelector('.compose-bar .button-primary')?.textContent ?? ''
          Reflect.get(globalThis, 'shown')(name)
        })
        labels.observe(document, { subtree: true, childList: true, characterData: true })
        // Typed in the moment in which the count of all customers has been drawn, before React runs what follows on it.
        const counted = new MutationObserver(() => {
          const field = document.querySelector<HTMLInputElement>('.field-row input')
          if (!field || !document.body.textContent?.includes('10 recipients')) return
          counted.disconnect()
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
          set?.call(field, 'alice')
          field.dispatchEvent(new InputEvent('input', { bubbles: true }))
        })
        counted.observe(document, { subtree: true, childList: true, characterData: true })
      })
      await page.getByText('By filter').click()
      await page.getByRole('button', { name: 'Send to 1 person…', exact: true }).waitFor()
      expect(await page.getByLabel('Name or phone contains').inputValue()).toBe('alice')
      expect(await button.textContent()).toBe('Send to 1 person…')
      expect([...new Set(names)]).toEqual(['Send…', 'Send to 1 person…'])
      await page.context().close()
    },
    LONG,
  )

  test(
    'can be used with the keyboard alone',
    async () => {
      await page.goto(`${url}/customers`)
      await page.getByRole('heading', { name: 'Customers' }).waitFor()
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to content')
      await page.getByRole('button', { name: 'New customer' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('New customer')
    },
    LONG,
  )

  test(
    'says so when the service is gone',
    async () => {
      await page.goto(`${url}/operations`)
      await page.getByRole('heading', { name: 'Throughput' }).waitFor()
      expect(await opened.server.end()).toBe(0)
      await page.getByText('does not respond').waitFor()
    },
    LONG,
  )
})

test.skipIf(!chromiumAvailable)(
  'a key is asked for once, and kept for the tab',
  async () => {
    const key = 'a-key-of-the-console'
    const { server, browser, url, close } = await openConsole({ API_KEYS: key, SAMPLE_DATA: 'off' })
    try {
      const { page } = await openPage(browser)
      await page.goto(`${url}/campaigns`)
      const dialog = page.getByRole('dialog', { name: 'API key' })
      await dialog.getByLabel('Key', { exact: true }).fill('a-key-of-somebody-else')
      await page.keyboard.press('Enter')
      await dialog.getByText('This key is not valid').waitFor()
      await dialog.getByLabel('Key', { exact: true }).fill(key)
      await page.keyboard.press('Enter')
      await page.getByText('No campaigns yet').waitFor()
      await page.reload()
      await page.getByText('No campaigns yet').waitFor()
      expect(await dialog.count()).toBe(0)
      expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([
        1,
        0,
        '',
      ])
      expect(server.output()).not.toContain(key)
    } finally {
      await close()
    }
  },
  LONG,
)
