/**
 * `npm run picture`: makes the README's pictures of the dashboard from the program itself: a server that is thrown away
 * afterwards, three campaigns under way, and what then stands on the screen. Chromium draws it, and it is compared with the
 * terminal's cells before it is written. With a folder as its argument: every screen, also as PNG.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '../test/support/browser.ts'
import { startServer } from '../test/support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../test/support/server-process-folder.ts'
import { inProject, keys, openTerminal } from '../test/support/terminal.ts'
import { insertPeople, makePeople } from './people.ts'
import { findMisplaced } from './picture/placement.ts'
import { drawScreen } from './picture/svg.ts'
import { openApi } from './support/api.ts'

const SIZE = { columns: 110, rows: 32 } as const
const PEOPLE = 30_000
/** Long enough for the chart of the last ten minutes to show something. */
const WATCH_MS = 75_000

/** A main sender that has a limit, a spare one, one of WhatsApp, and one that a person has paused. */
const senders = {
  SENDERS: 'main:mock,spare:mock,whatsapp:mock,alerts:mock',
  SMS_ROUTE: 'main,spare',
  WHATSAPP_ROUTE: 'whatsapp',
  SENDER_MAIN_RATE: '600',
  SENDER_WHATSAPP_CONCURRENCY: '500',
}

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

/** Segments, of which later ones name earlier ones. */
const segments = [
  { name: 'Never written to', rule: { never_written_to: true } },
  { name: 'Staff', rule: { tag: 'staff' } },
  {
    name: 'Regulars',
    rule: {
      all: [
        { not: { segment: 2 } },
        {
          any: [
            { field: 'first_name', starts_with: 'A' },
            { field: 'location', exists: true },
          ],
        },
        {
          not: {
            any: [
              { campaign: 2, outcome: ['failed'] },
              { received_within_days: 7, channel: 'whatsapp' },
            ],
          },
        },
      ],
    },
  },
]

interface Picture {
  readonly name: string
  /** One after the other: the keys of each mean what the screen before them gave. */
  readonly press: readonly string[]
  readonly shows: RegExp
  readonly label: string
}

const forReadme: readonly Picture[] = [
  { name: 'dashboard', press: ['1', 'j'], shows: /▸ +3 /, label: 'The dashboard in the terminal' },
  { name: 'senders', press: ['5'], shows: /‖ paused/, label: 'The senders in the terminal' },
  { name: 'segments', press: ['6', 'j', 'k'], shows: /Regulars +[\d,]{5,}/, label: 'The segments in the terminal' },
]
const others: readonly Picture[] = [
  { name: 'campaigns', press: ['2'], shows: /Weekend offers/, label: 'Campaigns' },
  { name: 'queue', press: ['3'], shows: /batches ready/, label: 'Queue and workers' },
  { name: 'log', press: ['4'], shows: /filter|follow/, label: 'Log' },
  { name: 'campaign', press: ['2', 'G', 'k', keys.enter], shows: /\+25471/, label: 'A campaign' },
  { name: 'failures', press: [keys.right], shows: /▸Failures/, label: 'Failures of a campaign' },
  { name: 'text', press: [keys.right], shows: /Preview for/, label: 'The text of a campaign' },
  { name: 'cancel', press: [keys.esc, '1', 'c'], shows: /Cancel .*\?/, label: 'A question' },
  { name: 'help', press: ['n', '?'], shows: /actions on a campaign/, label: 'Help' },
  { name: 'form', press: [keys.esc, 'n'], shows: /customer ids|Recipients/i, label: 'A new campaign' },
]

const given = process.argv[2]
const target = given ?? fileURLToPath(new URL('picture', import.meta.url))
const folder = await freshFolder()
const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 11)))
const mocked = ['MAIN', 'SPARE', 'WHATSAPP', 'ALERTS'].flatMap((name) => [
  [`SENDER_${name}_SUCCESS_RATE`, '0.8'],
  [`SENDER_${name}_LATENCY_MS`, '400'],
  [`SENDER_${name}_SEED`, '7'],
])
const server = await startServer({
  DATA_DIR: folder,
  SAMPLE_DATA: 'off',
  LOG_LEVEL: 'error',
  ...senders,
  ...Object.fromEntries(mocked),
})
const browser = await launchBrowser()
const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url], SIZE)

async function draw({ name, press, shows, label }: Picture): Promise<void> {
  for (const key of press) {
    screen.press(key)
    await Bun.sleep(300)
  }
  await screen.sees(label, (text) => shows.test(text))
  // Waits for what the screen asks the server for.
  if (given) await Bun.sleep(1500)
  const [cells, text] = [screen.cells(), screen.text()]
  const picture = drawScreen(cells, SIZE.columns, `${label}:\n${text}`)
  // Names that are written from right to left stand in another order in a browser: no picture of the README has any.
  const misplaced = forReadme.some((one) => one.name === name) ? await findMisplaced(browser, picture, cells) : []
  if (misplaced.length > 0) throw new Error(`The picture is not what the terminal shows:\n${misplaced.join('\n')}`)
  await Bun.write(join(target, `${name}.svg`), picture)
  console.log(`${join(target, `${name}.svg`)} shows:\n${text}`)
  if (given) await photograph(picture, join(target, `${name}.png`))
}

async function photograph(picture: string, path: string): Promise<void> {
  const page = await browser.newPage()
  await page.setContent(`<body style="margin:0">${picture}`)
  await page.locator('svg').screenshot({ path })
  await page.close()
}

try {
  await mkdir(target, { recursive: true })
  const api = openApi(server.url)
  const hour = 3_600_000
  const scheduled_at = new Date(Math.ceil(Date.now() / hour) * hour + 15 * hour).toISOString()
  await api.post('/campaigns', { name: 'New Year', channel: 'sms', base_template: 'Happy New Year!', scheduled_at })
  await api.patch('/senders/alerts', { paused: true })
  for (const { name, channel, share, template } of campaigns) {
    const { id } = await api.post<{ id: number }>('/campaigns', { name, channel, base_template: template })
    await api.post(`/campaigns/${id}/send`, { customer_ids: ids.slice(0, Math.floor(PEOPLE * share)) })
    await Bun.sleep(WATCH_MS / campaigns.length)
  }
  for (const segment of segments) await api.post('/segments', segment)
  for (const picture of given ? [...forReadme, ...others] : forReadme) await draw(picture)
} finally {
  await browser.close()
  screen.close()
  await server.end()
  await releaseFolders()
}
