/** DATA_DIR holds people's phone numbers: no other user of the machine may read it. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openStore } from '../../core/messaging/store.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openLocalLog } from '../../tui/local.ts'
import { emptyFolder, releaseFolders } from '../support/server-process-folder.ts'

let umask = 0
beforeEach(() => {
  umask = process.umask(0o022)
})
afterEach(async () => {
  process.umask(umask)
  await releaseFolders()
})

const modeOf = (place: string) => (lstatSync(place).mode & 0o777).toString(8)

/** Files that users other than their owner may open, with their modes. */
function opened(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)))
  return [folder, ...below].filter((place) => lstatSync(place).mode & 0o077).map((place) => `${modeOf(place)} ${place}`)
}

/** Opens the embedded database and writes enough for new files of data and of the write-ahead log. */
async function use(dataDir: string): Promise<{ readonly open: string[]; readonly warnings: readonly string[] }> {
  const store = await openStore({ dataDir, sampleData: false })
  try {
    await insertPeople(store.db, makePeople(200, Math.floor(Math.random() * 1e6)))
    return { open: opened(dataDir), warnings: store.warnings }
  } finally {
    await store.close()
  }
}

test('a new data folder is 0700 and its files 0600, with a umask of 022', async () => {
  const folder = path.join(await emptyFolder(), 'deep', 'data')
  expect(await use(folder)).toEqual({ open: [], warnings: [] })
  expect(opened(folder)).toEqual([])
  expect(readdirSync(folder, { recursive: true }).length).toBeGreaterThan(500)
  expect([modeOf(folder), modeOf(path.join(folder, 'pglite', 'PG_VERSION'))]).toEqual(['700', '600'])
}, 120_000)

test('a folder of an earlier version is closed to others when it is opened', async () => {
  const folder = path.join(await emptyFolder(), 'data')
  await use(folder)
  for (const name of readdirSync(folder, { recursive: true })) {
    const place = path.join(folder, String(name))
    chmodSync(place, lstatSync(place).isDirectory() ? 0o755 : 0o666)
  }
  writeFileSync(path.join(folder, 'campaign-dispatch.log'), '', { mode: 0o644 })
  chmodSync(folder, 0o755)
  expect(opened(folder).length).toBeGreaterThan(500)
  expect(await use(folder)).toEqual({ open: [], warnings: [] })
}, 120_000)

test('a folder that holds other things keeps its mode: a warning says what to do, and the data itself is closed', async () => {
  const folder = path.join(await emptyFolder(), 'shared')
  mkdirSync(folder, { mode: 0o755 })
  writeFileSync(path.join(folder, 'notes.txt'), 'of somebody else', { mode: 0o644 })
  const { open, warnings } = await use(folder)
  expect(open).toEqual([`755 ${folder}`, `644 ${path.join(folder, 'notes.txt')}`])
  expect(warnings).toEqual([
    expect.stringMatching(/^DATA_DIR ".+" can be listed by other users.* run chmod 700 on it$/),
  ])
}, 120_000)

test('the log of a server with a dashboard is 0600', async () => {
  const file = path.join(await emptyFolder(), 'data', 'campaign-dispatch.log')
  const { stream } = openLocalLog(file)
  stream.end('{"msg":"a line"}\n')
  await once(stream, 'close')
  expect([modeOf(path.dirname(file)), modeOf(file)]).toEqual(['700', '600'])
})
