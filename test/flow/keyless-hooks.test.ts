/** Start-up warning when providers can reach the service, and nothing but the proxy keeps others out. */
import { afterEach, expect, test } from 'bun:test'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'

afterEach(async () => {
  await releaseServers()
  await releaseFolders()
})

test.each([
  [{ PUBLIC_URL: 'https://sms.example.org' }, true],
  [{ PUBLIC_URL: 'https://sms.example.org', API_KEYS: 'a-key-that-is-long-enough' }, false],
  [{ PUBLIC_URL: 'http://127.0.0.1:8080' }, false],
])(
  'with %p warns that everybody may come in: %p',
  async (settings, warns) => {
    const server = await startServer({ DATA_DIR: await freshFolder(), ...settings })
    expect(server.output().includes('PUBLIC_URL=https://sms.example.org is set without API_KEYS')).toBe(warns)
  },
  120_000,
)
