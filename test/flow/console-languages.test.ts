/** Texts by language in the web console: written, previewed for their readers, named before they are sent, and sent. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000

interface Page<T> {
  readonly data: readonly T[]
}
interface Recipient {
  readonly customer: { readonly first_name: string }
  readonly status: string
  readonly rendered_content: string
}

describe.skipIf(!chromiumAvailable)('the form for a campaign in several languages', () => {
  let opened: Console

  beforeAll(async () => {
    opened = await openConsole({ SAMPLE_DATA: 'off', MOCK_SUCCESS_RATE: '1' })
    for (const [nth, language] of ['sw-KE', 'fr', null].entries())
      await opened.api.post('/customers', { phone: `+25471200000${nth}`, first_name: `Zuri ${nth}`, language })
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  test(
    'shows each text to its readers, keeps them through a reload, names them, and sends each person their own',
    async () => {
      const { page, complaints } = await openPage(opened.browser)
      await page.goto(`${opened.url}/campaigns/new`)
      await page.getByLabel('Name', { exact: true }).fill('Open day')
      await page.getByLabel('Text', { exact: true }).fill('Hi {first_name}')
      const bubbles = page.locator('.preview .bubble')
      await page.locator('.preview').getByText('Hi Zuri 2').waitFor()
      const add = async (typed: string, button: string) => {
        await page.getByRole('button', { name: 'Add a language' }).click()
        await page.getByLabel('Language', { exact: true }).fill(typed)
        await page.getByRole('button', { name: button, exact: true }).click()
      }
      await add('Swahili', 'Add Swahili (sw)')
      await page.getByText('Write the text in Swahili (sw), or remove it').waitFor()
      await page.getByLabel('Text in Swahili (sw)').fill('Habari {first_name}')
      await page.locator('.preview').getByText('Habari Zuri 0').waitFor()
      // The only one who reads it.
      expect(await bubbles.allTextContents()).toEqual(['Habari Zuri 0'])
      await add('fr', 'Add French (fr)')
      await page.getByLabel('Text in French (fr)').fill('Bonjour {first_name}')
      await add('de', 'Add German (de)')
      await page.getByText('as if they read German (de)').first().waitFor()
      await page.getByRole('button', { name: 'Remove German (de)' }).click()
      await page.getByLabel('All other languages').waitFor()
      page.once('dialog', (dialog) => void dialog.accept())
      await page.reload()
      await page.getByLabel('French (fr)', { exact: true }).check()
      expect(await page.getByLabel('Text in French (fr)').inputValue()).toBe('Bonjour {first_name}')
      await page.getByText('By filter').click()
      await page.getByRole('button', { name: 'Send to 3 people' }).click()
      const dialog = page.getByRole('dialog', { name: 'Send this campaign?' })
      await dialog.getByText('3 texts: default, Swahili (sw), French (fr)').waitFor()
      const run = dialog.getByRole('region', { name: 'Dry run' })
      for (const text of ['Swahili (sw)', 'French (fr)', 'Default text'])
        await run.getByText(`${text}: 1 person`, { exact: true }).waitFor()
      await dialog.getByRole('button', { name: 'Send to 3 people now' }).click()
      await page.getByRole('heading', { name: '3 recipients' }).waitFor()
      await page.getByRole('heading', { name: 'Swahili (sw)' }).waitFor()
      await page.getByText('Bonjour {first_name}').waitFor()
      const id = Number(/campaigns\/(\d+)/.exec(page.url())?.[1])
      const { data } = await until('it is sent', async () => {
        const all = await opened.api.get<Page<Recipient>>(`/campaigns/${id}/messages`)
        return all.data.every(({ status }) => status === 'sent') && all
      })
      expect(data.map(({ rendered_content }) => rendered_content)).toEqual([
        'Habari Zuri 0',
        'Bonjour Zuri 1',
        'Hi Zuri 2',
      ])
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )

  test(
    'tests a text in a language, and saves the removal of one',
    async () => {
      const texts = { sw: 'Habari {first_name}', fr: 'Bonjour {first_name}' }
      const body = { name: 'Again', channel: 'sms', base_template: 'Hi {first_name}', texts }
      const { id } = await opened.api.post<{ id: number }>('/campaigns', body)
      const { page, complaints } = await openPage(opened.browser)
      await page.goto(`${opened.url}/campaigns/${id}`)
      await page.getByRole('button', { name: 'Test send' }).click()
      const dialog = page.getByRole('dialog', { name: 'Test send' })
      await dialog.getByLabel('To', { exact: true }).fill('0712345678')
      await dialog.getByLabel('Text', { exact: true }).selectOption('French (fr)')
      await dialog.getByRole('button', { name: 'Send the test' }).click()
      await dialog.getByText('Bonjour Zuri 2').waitFor()
      await dialog.getByRole('button', { name: 'Close' }).last().click()
      await page.goto(`${opened.url}/campaigns/${id}/edit`)
      await page.getByLabel('Swahili (sw)', { exact: true }).check()
      await page.getByRole('button', { name: 'Remove Swahili (sw)' }).click()
      await page.getByRole('button', { name: 'Save draft' }).click()
      await page.getByText('Campaign saved').waitFor()
      const saved = await opened.api.get<{ texts: unknown }>(`/campaigns/${id}`)
      expect(saved.texts).toEqual({ fr: texts.fr })
      expect(complaints).toEqual([])
      await page.context().close()
    },
    LONG,
  )
})
