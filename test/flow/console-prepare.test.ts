/** A start bundles the console without a visit, where the console runs. */
import { afterEach, expect, test } from 'bun:test'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const BUNDLED = 'The console is bundled'

afterEach(async () => {
  await releaseServers()
  await releaseFolders()
})

test('the console is bundled once the process listens', async () => {
  const server = await startServer({ DATA_DIR: await freshFolder(), LOG_LEVEL: 'debug' })
  await until('it is bundled', () => server.output().includes(BUNDLED))
  expect(await server.end()).toBe(0)
})

test('a process without the console bundles nothing', async () => {
  const server = await startServer({ DATA_DIR: await freshFolder(), LOG_LEVEL: 'debug', PLUGINS: 'customers,health' })
  expect(await server.end()).toBe(0)
  expect(server.output()).not.toContain(BUNDLED)
})
