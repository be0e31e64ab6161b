/** The dashboard in a real pseudo-terminal, against a real server: what an operator sees and does. */
import { afterEach, describe, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'
import { inProject, keys, openTerminal, releaseTerminals, type TerminalOptions } from '../support/terminal.ts'

const LONG = 120_000
const PEOPLE = 20_000
const dashboard = inProject('tui/main.ts')

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

/** A server with so many customers. */
async function setup(people: number, settings: ServerSettings = {}) {
  const folder = await freshFolder()
  const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(people, 5)))
  const fixed = { DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error', ...settings }
  const server = await startServer(fixed)
  return { ids, server, settings: fixed, api: openApi(server.url) }
}

const open = (url: string, options: TerminalOptions = {}, args: readonly string[] = []) =>
  openTerminal([dashboard, '--url', url, ...args], options)

const number = (text: string) => Number(text.replaceAll(',', ''))
/** The campaign's line on the overview. */
const share = (text: string) => /Big sale .* ([\d.]+)%/.exec(text)?.[1]
const bar = (text: string) => /Big sale +.*?([▇▞░]+)/.exec(text)?.[1] ?? ''
const sent = (text: string) => number(/sent ([\d,]+)/.exec(text)?.[1] ?? '0')

test(
  '20,000 recipients go out: the bar grows, p stops it, r goes on with it, and the end is seen',
  async () => {
    const { ids, server, api } = await setup(PEOPLE, { MOCK_LATENCY_MS: '300', MOCK_SUCCESS_RATE: '1' })
    const screen = open(server.url, { columns: 110, rows: 30 })
    await screen.sees('nothing is sent yet', (text) => text.includes('● live') && text.includes('No active campaigns'))
    const { id } = await api.post<Watched>('/campaigns', { name: 'Big sale', channel: 'sms', base_template: 'Hi' })
    await api.post(`/campaigns/${id}/send`, { customer_ids: ids })

    const early = await screen.sees('it is under way', (text) => Number(share(text)) > 2 && text)
    await screen.sees('more of it is done', (text) => Number(share(text)) > Number(share(early)) + 5)
    const later = await screen.sees('the bar has grown', (text) => filled(bar(text)) > filled(bar(early)) && text)
    expect(bar(later)).toMatch(/^▇+░+$/)
    expect(later).toMatch(/▶ sending .* [\d,]+\/s +\d+:\d\d/)

    screen.press('p')
    const asked = await screen.sees('it asks', (text) => text.includes('Pause this campaign?') && text)
    const waiting = number(/([\d,]+) recipients will wait/.exec(asked)?.[1] ?? '0')
    expect(waiting).toBeWithin(1, PEOPLE)
    screen.press('y')
    await screen.sees('it is paused', (text) => /‖ paused/.test(text) && text.includes('is paused'))
    await until('nothing is in hand', async () => (await api.get<Watched>(`/campaigns/${id}`)).stats.sending === 0)
    const { stats } = await api.get<Watched>(`/campaigns/${id}`)
    await screen.sees('the last figures are there', (text) => sent(text) === stats.sent)
    expect(stats.sent).toBeWithin(1, PEOPLE)
    await Bun.sleep(1500)
    expect([sent(screen.text()), (await api.get<Watched>(`/campaigns/${id}`)).stats.sent]).toEqual([
      stats.sent,
      stats.sent,
    ])

    screen.press('r')
    const resume = await screen.sees('it asks again', (text) => text.includes('Resume this campaign?') && text)
    expect(resume).toContain(`${(PEOPLE - stats.sent).toLocaleString('en')} recipients`)
    screen.press('y')
    await screen.sees('it goes on', (text) => sent(text) > stats.sent)
    const end = await screen.sees('the end', (text) => /✓ sent .* 100% .* ended/.test(text) && text)
    expect(sent(end)).toBe(PEOPLE)
    expect(bar(end)).toMatch(/^▇+$/)
    expect(await api.get<Watched>(`/campaigns/${id}`)).toMatchObject({ status: 'sent', stats: { sent: PEOPLE } })

    screen.press('q')
    expect(await screen.exited).toBe(0)
  },
  LONG,
)

const filled = (text: string) => text.replaceAll('░', '').length

describe('manners', () => {
  test(
    'it draws on the alternate screen, and leaves the terminal as it was, however it is ended',
    async () => {
      const { server } = await setup(1)
      for (const end of ['q', 'SIGTERM', 'SIGINT'] as const) {
        const screen = open(server.url)
        await screen.sees('it is live', (text) => text.includes('● live'))
        expect(screen.alternate()).toBe(true)
        if (end === 'q') screen.press(end)
        else screen.kill(end)
        const code = await screen.exited
        expect([end, screen.alternate(), screen.text().trim()]).toEqual([end, false, ''])
        if (end === 'q') expect(code).toBe(0)
        // The cursor is shown again.
        const written = screen.written()
        expect(written.lastIndexOf('\x1b[?25h')).toBeGreaterThan(written.lastIndexOf('\x1b[?25l'))
      }
    },
    LONG,
  )

  test(
    'a connection that is lost is told of, figures are marked as old, and it comes back by itself',
    async () => {
      const { server, settings } = await setup(1)
      const screen = open(server.url, { columns: 100 })
      await screen.sees('it is live', (text) => text.includes('● live') && text.includes('Recipients'))
      await server.end('SIGKILL')
      await screen.sees('it is lost', (text) => /✗ disconnected, reconnecting in \d+ s/.test(text))
      await screen.sees('figures are old', (text) => /▲ Figures from \d\d:\d\d:\d\d, \d:\d\d old: /.test(text))
      await startServer({ ...settings, PORT: new URL(server.url).port })
      await screen.sees('it is back', (text) => text.includes('● live') && !text.includes('Figures from'))
      screen.press('4')
      await screen.sees(
        'the log tells of it',
        (text) => text.includes('Connection lost') && text.includes('Connected again'),
      )
    },
    LONG,
  )

  test(
    'a server with keys: the dashboard asks for one, says when it is wrong, and connects with a right one',
    async () => {
      const key = 'the-right-key-of-this-server'
      const { server } = await setup(1, { API_KEYS: key })
      const screen = open(server.url)
      await screen.sees('it asks', (text) => text.includes('This server requires an API key'))
      screen.press('a-wrong-key-of-this-server')
      await screen.sees('it hides what is typed', (text) => text.includes('••••') && !text.includes('wrong'))
      screen.press(keys.enter)
      await screen.sees('it refuses', (text) => text.includes('This API key is not valid'))
      screen.press(key)
      screen.press(keys.enter)
      await screen.sees('it is live', (text) => text.includes('● live'))
      screen.press('2')
      await screen.sees('other calls have the key too', (text) => text.includes('No campaigns yet'))
    },
    LONG,
  )

  test(
    'the screen of a plugin that does not run says so, and so does that of the live figures',
    async () => {
      const { server } = await setup(1, { PLUGINS: 'health,customers' })
      const screen = open(server.url, { columns: 120 })
      await screen.sees('no figures', (text) => text.includes('This server does not run the plugin "stats"'))
      screen.press('2')
      await screen.sees('no campaigns', (text) => text.includes('This server does not run the plugin "campaigns"'))
    },
    LONG,
  )

  test(
    'from 80x24 to 200x60 every line is as wide as the terminal, and NO_COLOR is heard',
    async () => {
      const { server } = await setup(1)
      const screen = open(server.url, { env: { NO_COLOR: '1' } })
      for (const [columns, rows] of [
        [80, 24],
        [200, 60],
        [100, 30],
      ] as const) {
        await screen.resize(columns, rows)
        await screen.sees(`it fills ${columns}x${rows}`, () => {
          const lines = screen.lines()
          return lines.length === rows && lines[2] === '─'.repeat(columns) && lines.at(-1)?.includes('q quit')
        })
      }
      expect(
        screen
          .cells()
          .flat()
          .filter(({ color }) => color !== undefined),
      ).toEqual([])
    },
    LONG,
  )

  test(
    'in a pipe it prints one snapshot and ends',
    async () => {
      const { server } = await setup(1)
      const run = Bun.spawn([process.execPath, '--no-env-file', dashboard, '--url', server.url], {
        stdout: 'pipe',
        stderr: 'pipe',
      })
      expect(JSON.parse(await new Response(run.stdout).text())).toMatchObject({ messages: { total: 0 }, note: null })
      expect(await run.exited).toBe(0)
      await server.end()
      const lost = Bun.spawn([process.execPath, '--no-env-file', dashboard, '--url', server.url], {
        stdout: 'pipe',
        stderr: 'pipe',
      })
      expect(await new Response(lost.stderr).text()).toBe(
        `Cannot take a snapshot of ${server.url}: connection refused\n`,
      )
      expect(await lost.exited).toBe(1)
    },
    LONG,
  )
})

test(
  'npm start -- --tui: server and dashboard in one process, the log in a file and on its screen',
  async () => {
    const folder = await freshFolder()
    const env = { DATA_DIR: folder, SAMPLE_DATA: 'off', PORT: '0', MOCK_LATENCY_MS: '3000' }
    const screen = openTerminal([inProject('core/main.ts'), '--tui'], { columns: 110, rows: 30, env })
    const text = await screen.sees('it is live', (text) => text.includes('● live') && text)
    const api = openApi(`http://${/localhost:\d+/.exec(text)?.[0]}`)
    await api.post('/customers', { phone: '+254712345678' })
    const { id } = await api.post<Watched>('/campaigns', { name: 'One', channel: 'sms', base_template: 'Hi' })
    await api.post(`/campaigns/${id}/send`, { customer_ids: [1] })
    await screen.sees('it is being sent', (text) => text.includes('▶ sending'))
    screen.press('q')
    await screen.sees('it asks first', (text) => text.includes('Quit and stop the server?'))
    screen.press('n')
    await screen.sees('it is over', (text) => !text.includes('Quit and stop') && text.includes('✓ sent'))
    screen.press('4')
    await screen.sees(
      'the server’s lines',
      (text) => /info +Chunk claimed .*campaign=1/.test(text) && text.includes('Campaign completed'),
    )
    screen.press('q')
    expect(await screen.exited).toBe(0)
    expect(screen.text()).toContain('Stopping: finishing the work in flight')
    expect(screen.alternate()).toBe(false)
    const log = await Bun.file(`${folder}/campaign-dispatch.log`).text()
    expect(log).toContain('"msg":"Campaign completed"')
    await inFolder(folder, async (db) => expect(await db.selectFrom('processes').selectAll().execute()).toEqual([]))
  },
  LONG,
)

test(
  'a campaign is written in the form, previewed, sent to some ids, and its recipients are looked at',
  async () => {
    const { server, api } = await setup(30, { MOCK_SUCCESS_RATE: '1' })
    await api.post('/campaigns', { name: 'First', channel: 'sms', base_template: 'x' })
    const screen = open(server.url, { columns: 120, rows: 30 })
    await screen.sees('it is live', (text) => text.includes('● live'))
    screen.press('n')
    await screen.sees('the form', (text) => text.includes('▸ Name'))
    screen.press(`新商品${keys.tab}${keys.tab}Hi {first_name|there}, no. {nope}${keys.tab}${keys.tab} `)
    await screen.sees('recipients by ids', (text) => text.includes('[ids]'))
    screen.press(`${keys.tab}1-20, 25`)
    await screen.sees('they are counted', (text) => text.includes('21 customers'))
    await screen.sees('the preview warns', (text) => /│ Hi .+, no. \{nope\}/.test(text) && /▲ .*nope/.test(text))
    screen.press(`${keys.up}${keys.up}${keys.up}${'\x7f'.repeat(11)}`)
    await screen.sees('the warning goes', (text) => !text.includes('▲') && /│ Hi \S+/.test(text))
    screen.press('\x13')
    await screen.sees(
      'it asks',
      (text) => text.includes('Send this campaign?') && text.includes('It is sent to 21 recipients immediately'),
    )
    screen.press('y')
    await screen.sees('its own screen', (text) => /#2 新商品 .*✓ sent/.test(text) && text.includes('100% of 21 done'))
    screen.press('j')
    screen.press(keys.enter)
    await screen.sees('what the second one reads', (text) => text.includes('Preview for customer 2'))
    screen.press(keys.esc)
    await screen.sees('it goes back', (text) => text.includes('Active campaigns'))
    expect((await api.get<Watched>('/campaigns/2')).stats).toMatchObject({ total: 21, sent: 21 })
  },
  LONG,
)
