/** Recipients by segments, and everyone, in the terminal's form against a real server, which adds them. */
import { afterEach, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'
import { inProject, keys, openTerminal, releaseTerminals, type Screen } from '../support/terminal.ts'

const LONG = 120_000

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

const PEOPLE = 60

/** A dashboard whose server has 60 customers: 5 of them are important, and one of these is staff. */
async function setup() {
  const folder = await freshFolder()
  const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 5)))
  const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error', MOCK_SUCCESS_RATE: '1' })
  const api = openApi(server.url)
  for (const [nth, id] of ids.slice(0, 5).entries())
    await api.patch(`/customers/${id}`, { tags: nth === 0 ? ['vip', 'staff'] : ['vip'] })
  await api.post('/segments', { name: 'Very important', rule: { tag: 'vip' } })
  await api.post('/segments', { name: 'Our staff', rule: { tag: 'staff' } })
  const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url])
  await screen.sees('it is live', (text) => text.includes('● live'))
  return { screen, api }
}

/** Opens the form, and fills it up to the choice of recipients. */
async function begin(screen: Screen, name: string, when = '') {
  screen.press('n')
  await screen.sees('the form is open', (text) => text.includes('Create and send'))
  for (const text of [name, '', 'Hi there', when]) {
    if (text) screen.press(text)
    screen.press(keys.tab)
  }
  await screen.sees('it is filled', (text) => new RegExp(`Name +${name}`).test(text) && /▸ Recipients/.test(text))
}

async function pick(screen: Screen, words: string, name: string) {
  screen.press(' ')
  await screen.sees('segments are there', (text) => text.includes(name))
  screen.press(words)
  await screen.sees('it is found', (text) => {
    return text.includes(`/ ${words}`) && text.includes(`▸ [ ] ${name}`) && !text.includes('Loading…')
  })
  screen.press(' ')
  await screen.sees('it is chosen', (text) => text.includes(`▸ [×] ${name}`))
  screen.press(keys.enter)
  await screen.sees('it is in the form', (text) => text.includes(`“${name}”`) && !text.includes('▸ ['))
}

async function send(screen: Screen, id: number) {
  screen.press('\x13')
  await screen.sees('it asks', (text) => text.includes('Send this campaign?'))
  screen.press('y')
  await screen.sees('it is made', (text) => new RegExp(`^ #${id} `, 'm').test(text))
}

test(
  'on a real server: segments are chosen and left out, everyone is, and the server adds them',
  async () => {
    const { screen, api } = await setup()
    await begin(screen, 'Sale')
    screen.press(keys.left)
    await screen.sees('by segments', (text) => text.includes('[segments]'))
    screen.press(keys.tab)
    await pick(screen, 'important', 'Very important')
    await screen.sees('five are counted', (text) => text.includes('Create and send to 5 recipients'))
    screen.press(keys.tab)
    await pick(screen, 'staff', 'Our staff')
    await screen.sees('four are counted', (text) => text.includes('Create and send to 4 recipients'))
    await send(screen, 1)
    await screen.sees('they are being added', (text) => text.includes('#1 Sale: recipients are still being added'))
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/1')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/1')).stats).toMatchObject({ total: 4, sent: 4 })

    await begin(screen, 'News')
    for (const key of [keys.left, keys.left]) screen.press(key)
    await screen.sees('everyone', (text) => text.includes('[everyone]') && text.includes('Create and send to 60 recip'))
    screen.press(keys.tab)
    await pick(screen, 'staff', 'Our staff')
    await screen.sees('all others are counted', (text) => text.includes('Create and send to 59 recipients'))
    await send(screen, 2)
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/2')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/2')).stats).toMatchObject({ total: 59, sent: 59 })
    const { data } = await api.get<{ data: { audience: unknown }[] }>('/campaigns/2/audiences')
    expect(data.map(({ audience }) => audience)).toEqual([{ everyone: true, exclude: { segment_ids: [2] } }])

    await begin(screen, 'Later', '+2h')
    screen.press(keys.left)
    screen.press(keys.tab)
    await pick(screen, 'important', 'Very important')
    await screen.sees('five are counted', (text) => text.includes('Create and send to 5 recipients'))
    await send(screen, 3)
    await screen.sees('it waits', (text) => text.includes('#3 Later: recipients are selected when it starts'))
    expect(await api.get<Watched>('/campaigns/3')).toMatchObject({ status: 'scheduled', stats: { total: 0 } })

    await begin(screen, 'Tagged')
    for (const key of [keys.tab, keys.tab, keys.tab, keys.tab]) screen.press(key)
    await screen.sees('the tag', (text) => /▸ +tag/.test(text))
    screen.press('staff')
    await screen.sees('one is counted', (text) => text.includes('Create and send to 1 recipient'))
    await send(screen, 4)
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/4')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/4')).stats).toMatchObject({ total: 1, sent: 1 })
  },
  LONG,
)
