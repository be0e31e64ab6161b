/** Runs in each process that runs test files: before its first one, and after the last or, in a worker, after each. */
import { afterAll } from 'bun:test'
import { chromiumAvailable } from './support/browser.ts'
import { nginxAvailable } from './support/nginx.ts'
import { postgresAvailable } from './support/postgres.ts'
import { openServers } from './support/servers.ts'

if (process.env.CI && !postgresAvailable) {
  throw new Error('Cannot test without PostgreSQL in CI: install its server, or unset CI to leave those tests out')
}
if (process.env.CI && !chromiumAvailable) {
  throw new Error('Cannot test without Chromium in CI: install it, or unset CI to leave those tests out')
}
if (process.env.CI && !nginxAvailable) {
  throw new Error('Cannot test without nginx in CI: install it, or unset CI to leave those tests out')
}

afterAll(() => {
  const left = openServers()
  if (left.length > 0) throw new Error(`Tests left servers running:\n${left.join('\n')}`)
})
