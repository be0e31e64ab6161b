/**
 * `npm run picture`: makes the README's picture of the dashboard from the program itself: a server that is thrown away
 * afterwards, three campaigns under way, and what then stands on the screen. Chromium draws it, and it is compared with the
 * terminal's cells before it is written.
 */

import { launchBrowser } from '../test/support/browser.ts'
import { startServer } from '../test/support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../test/support/server-process-folder.ts'
import { inProject, openTerminal } from '../test/support/terminal.ts'
import { insertPeople, makePeople } from './people.ts'
import { findMisplaced } from './picture/placement.ts'
import { drawScreen } from './picture/svg.ts'
import { openApi } from './support/api.ts'

const SIZE = { columns: 110, rows: 32 } as const
const PEOPLE = 30_000
/** Long enough for the chart of the last ten minutes to show something. */
const WATCH_MS = 75_000

const campaigns = [
  {
    name: 'Weekend offers',
    channel: 'whatsapp',
    share: 0.25,
    template: 'Hi {first_name|there}, the weekend starts early in {location|town}',
  },
  {
    name: 'New arrivals 新着',
    channel: 'sms',
    share: 0.7,
    template: 'Hi {first_name|there}, {prefered_product|something new} is back!',
  },
  {
    name: 'Black Friday, everyone',
    channel: 'sms',
    share: 1,
    template: 'Black Friday in {location|your town}, {first_name|friend}!',
  },
] as const

const folder = await freshFolder()
const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 11)))
const server = await startServer({
  DATA_DIR: folder,
  SAMPLE_DATA: 'off',
  LOG_LEVEL: 'error',
  MOCK_SUCCESS_RATE: '0.8',
  MOCK_LATENCY_MS: '400',
  MOCK_SEED: '7',
})
const browser = await launchBrowser()
const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url], SIZE)
try {
  const api = openApi(server.url)
  const hour = 3_600_000
  const scheduled_at = new Date(Math.ceil(Date.now() / hour) * hour + 15 * hour).toISOString()
  await api.post('/campaigns', { name: 'New Year', channel: 'sms', base_template: 'Happy New Year!', scheduled_at })
  for (const { name, channel, share, template } of campaigns) {
    const { id } = await api.post<{ id: number }>('/campaigns', { name, channel, base_template: template })
    await api.post(`/campaigns/${id}/send`, { customer_ids: ids.slice(0, Math.floor(PEOPLE * share)) })
    await Bun.sleep(WATCH_MS / campaigns.length)
  }
  screen.press('j')
  await screen.sees('the second campaign is chosen', (text) => /▸ +3 /.test(text))
  const cells = screen.cells()
  const text = screen.text()
  const picture = drawScreen(cells, SIZE.columns, `The dashboard in the terminal:\n${text}`)
  const misplaced = await findMisplaced(browser, picture, cells)
  if (misplaced.length > 0) throw new Error(`The picture is not what the terminal shows:\n${misplaced.join('\n')}`)
  await Bun.write(new URL('./picture/dashboard.svg', import.meta.url), picture)
  console.log(`scripts/picture/dashboard.svg shows:\n${text}`)
} finally {
  await browser.close()
  screen.close()
  await server.end()
  await releaseFolders()
}
