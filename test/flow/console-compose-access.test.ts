/** The form for a campaign and its dialogs for those who use a keyboard, hear the page, or read it on a phone. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('the form for a campaign', () => {
  let opened: Console
  let url: string

  beforeAll(async () => {
    opened = await openConsole()
    url = opened.url
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  const write = async (page: Page, name: string, text = 'Hi {first_name|there}') => {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Text', { exact: true }).fill(text)
  }
  const bar = (page: Page) => page.locator('.compose-bar')

  test(
    'grey buttons are reachable by keyboard and say why',
    async () => {
      const { page } = await openPage(opened.browser)
      await page.goto(`${url}/campaigns/new`)
      const reasonOf = async (name: string | RegExp) => {
        const button = bar(page).getByRole('button', { name })
        await button.focus()
        expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
        const id = await button.getAttribute('aria-describedby')
        return page.locator(`[id="${id}"]`).textContent()
      }
      expect(await reasonOf('Save draft')).toBe('Give the campaign a name.')
      await page.getByLabel('Name', { exact: true }).fill('Named')
      expect(await reasonOf(/^Send…/)).toBe('Write the text.')
      await page.getByLabel('Text', { exact: true }).fill('Hi')
      expect(await reasonOf(/^Send…/)).toBe('Choose recipients.')
      await page.getByText('By filter').click()
      await page.getByLabel('Location contains').fill('nowhere')
      await bar(page).getByText('No matching recipients.').waitFor()
      await page.getByText('One by one').click()
      expect(await reasonOf(/^Send…/)).toBe('Choose at least one recipient.')
      await page.context().close()
    },
    LONG,
  )

  test(
    'every dialog is without serious findings of axe, light and dark, and fits into 360 pixels',
    async () => {
      const axe = await readFile(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir), 'utf8')
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 360],
      ] as const) {
        const viewport = { width, height: 800 }
        const { page } = await openPage(opened.browser, {
          colorScheme,
          viewport,
          bypassCSP: true,
          reducedMotion: 'reduce',
        })
        const look = async (what: string) => {
          await page.getByRole('dialog').waitFor()
          await page.getByText('Loading').first().waitFor({ state: 'detached' })
          await page.evaluate(axe)
          const { violations } = await page.evaluate<{ violations: { id: string; impact: string }[] }>('axe.run()')
          const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          expect([what, colorScheme, serious.map(({ id }) => id)]).toEqual([what, colorScheme, []])
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          expect([what, wide <= width]).toEqual([what, true])
          await page.keyboard.press('Escape')
          await page.getByRole('dialog').waitFor({ state: 'detached' })
        }
        await page.goto(`${url}/campaigns/new`)
        await write(page, 'Looked at')
        await page.getByText('By filter').click()
        await page.getByRole('button', { name: /Send to [\d,]+ people/ }).click()
        // The dry run saves the campaign.
        await page.getByText('The campaign is saved.').waitFor()
        await look('send')
        await bar(page).getByRole('button', { name: 'Test send' }).click()
        await look('test')
        // This dialog leads to the page of the saved campaign: until that is there, nothing is guarded.
        await page.waitForURL(/\/edit$/)
        await page.getByText('This tab kept your unsaved changes.').waitFor()
        await page.getByRole('link', { name: 'Customers' }).click()
        await look('leave')
        await page.context().close()
      }
    },
    LONG,
  )
})
