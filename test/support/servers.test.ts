import { expect, test } from 'bun:test'
import { openServers } from './servers.ts'

test('openServers() names a server, and who started it, until it is stopped', async () => {
  const before = openServers()
  const server = Bun.serve({ port: 0, fetch: () => new Response() })
  const added = openServers().filter((line) => !before.includes(line))
  expect(added).toHaveLength(1)
  expect(added[0]).toContain(`${server.url}`)
  expect(added[0]).toContain('servers.test.ts')
  await server.stop(true)
  expect(openServers()).toEqual(before)
})
