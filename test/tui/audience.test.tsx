/** An audience that is added in several calls, and interrupted in between: in the terminal, against a real server. */
import { afterEach, describe, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { actionsOf } from '../../tui/keys/keys.ts'
import { stoppedText } from '../../tui/state/audience.ts'
import { openForm } from '../../tui/state/form.ts'
import { initialState } from '../../tui/state/state.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import { inProject, keys, openTerminal, releaseTerminals } from '../support/terminal.ts'
import { show } from '../support/view.tsx'

const LONG = 120_000
const PEOPLE = 60
const STEP = 20
const audience = { id: 5, name: 'Sale', added: 0, people: 0, form: openForm(), from: undefined }

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

test.each([
  [100_000, 250_000, '100,000 of 250,000 recipients added, press a to add the rest: #5 Sale'],
  [7, 0, '7 recipients added, press a to add the rest: #5 Sale'],
])('an audience interrupted after %p of %p names the key', (added, people, text) => {
  const stopped = { ...audience, added, people }
  expect(stoppedText(stopped)).toBe(text)
  expect(show({ stopped }, 100).join('\n')).toContain(text)
})

test('a does nothing where no audience was interrupted', () => {
  const state = initialState('http://localhost:8080', false, 100, 30, 1000)
  expect(actionsOf(state, { name: 'a', text: 'a' })).toEqual([])
  expect(actionsOf({ ...state, stopped: audience }, { name: 'a', text: 'a' })).toEqual([{ type: 'audience.continue' }])
})

interface Shown {
  readonly status: string
  readonly audience_open: boolean
  readonly stats: { readonly total: number; readonly sent: number }
}

/** A server behind a proxy that gives customers' ids in small parts, so that few customers need several calls. */
async function setup() {
  const folder = await freshFolder()
  await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 5)))
  const settings = { DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error', MOCK_SUCCESS_RATE: '1' }
  const server = await startServer(settings)
  let sends = 0
  let cut: (turn: number) => Promise<'before' | 'after' | undefined> = async () => undefined
  const proxy = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const body = request.method === 'GET' ? undefined : await request.text()
      const pass = () =>
        fetch(server.url + url.pathname + (url.pathname === '/customers/ids' ? '' : url.search), {
          method: request.method,
          headers: { 'content-type': 'application/json' },
          ...(body !== undefined && { body }),
        })
      if (url.pathname === '/customers/ids') {
        const { data } = (await (await pass()).json()) as { data: number[] }
        const end = Number(url.searchParams.get('cursor') ?? 0) + STEP
        return Response.json({ data: data.slice(end - STEP, end), next_cursor: end < data.length ? String(end) : null })
      }
      if (!url.pathname.endsWith('/send')) return pass()
      const fault = await cut(++sends)
      if (fault === 'after') await pass()
      return fault ? Promise.reject(new Error('cut')) : pass()
    },
    // A broken answer, as of a proxy whose server is gone.
    error: () => new Response(null, { status: 502 }),
  })
  const screen = openTerminal([inProject('tui/main.ts'), '--url', `http://127.0.0.1:${proxy.port}`], { columns: 120 })
  await screen.sees('it is live', (text) => text.includes('● live'))
  const api = openApi(server.url)
  return {
    screen,
    campaign: () => api.get<Shown>('/campaigns/1'),
    cutAt: (decide: typeof cut) => {
      cut = decide
    },
    restart: () => startServer({ ...settings, PORT: new URL(server.url).port }),
    kill: () => server.end('SIGKILL'),
    close: () => proxy.stop(true),
    begin: async () => {
      screen.press('n')
      await screen.sees('the form is open', (text) => text.includes('Create and send'))
      screen.press('Sale')
      for (const key of [keys.tab, keys.tab]) screen.press(key)
      await screen.sees('the name is typed', (text) => /Name +Sale/.test(text))
      screen.press('Hi there')
      await screen.sees('its recipients are counted', (text) =>
        text.includes(`Create and send to ${PEOPLE} recipients`),
      )
      screen.press('\x13')
      await screen.sees('it asks', (text) => text.includes('Send this campaign?'))
      screen.press('y')
    },
  }
}

describe('an audience that is interrupted', () => {
  test(
    'by a killed server: goes on with the same campaign where it stopped',
    async () => {
      const { screen, campaign, cutAt, restart, kill, close, begin } = await setup()
      cutAt(async (turn) => {
        if (turn !== 2) return undefined
        await kill()
        return 'before'
      })
      await begin()
      await screen.sees('it offers to go on', (text) =>
        text.includes('20 of 60 recipients added, press a to add the rest'),
      )
      await restart()
      await screen.sees('it is back', (text) => text.includes('● live'))
      expect(await campaign()).toMatchObject({ audience_open: true, stats: { total: STEP } })
      screen.press('a')
      await screen.sees('all are in', (text) => text.includes('#1 Sale: 60 recipients added'))
      await until('it is sent', async () => (await campaign()).status === 'sent')
      expect(await campaign()).toMatchObject({ audience_open: false, stats: { total: PEOPLE, sent: PEOPLE } })
      expect(screen.text()).not.toContain('add the rest')
      await close()
    },
    LONG,
  )

  test(
    'by a lost answer to the last call: nobody is added twice',
    async () => {
      const { screen, campaign, cutAt, close, begin } = await setup()
      cutAt(async (turn) => (turn === 3 ? 'after' : undefined))
      await begin()
      await screen.sees('it offers to go on', (text) =>
        text.includes('40 of 60 recipients added, press a to add the rest'),
      )
      await until('it is sent', async () => (await campaign()).status === 'sent')
      screen.press('a')
      await screen.sees('it is complete', (text) =>
        text.includes('The audience of #1 Sale is closed, with 60 recipients'),
      )
      expect((await campaign()).stats).toMatchObject({ total: PEOPLE, sent: PEOPLE })
      await close()
    },
    LONG,
  )

  test(
    'and left: x on the campaign closes it',
    async () => {
      const { screen, campaign, cutAt, close, begin } = await setup()
      cutAt(async (turn) => (turn > 1 ? 'before' : undefined))
      await begin()
      await screen.sees(
        'it offers to close',
        (text) => text.includes('Recipients are still being added') && text.includes('x no more recipients'),
      )
      screen.press('x')
      await screen.sees('it asks', (text) => text.includes('No more recipients?'))
      screen.press('y')
      await until('it is sent', async () => (await campaign()).status === 'sent')
      expect(await campaign()).toMatchObject({ audience_open: false, stats: { total: STEP, sent: STEP } })
      await close()
    },
    LONG,
  )
})
