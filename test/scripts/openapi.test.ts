/** The OpenAPI document as makers of clients read it: `npm run openapi` runs this test alone. */
import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { installApart } from '../../scripts/support/install-apart.ts'
import { openApi } from '../support/api.ts'
import { freshDatabase } from '../support/databases.ts'

const folder = fileURLToPath(new URL('../../scripts/openapi', import.meta.url))
const missing = installApart(folder)
if (missing) console.error(`Left out: the linters of the OpenAPI document, since ${missing}`)

/** One problem a line, as `check.mjs` prints it. */
async function problemsOf(document: string): Promise<string[]> {
  const check = Bun.spawn(['node', 'check.mjs'], { cwd: folder, stdin: new Blob([document]), stderr: 'pipe' })
  const [printed, failure] = await Promise.all([new Response(check.stdout).text(), new Response(check.stderr).text()])
  if ((await check.exited) !== 0) throw new Error(`Cannot check the OpenAPI document: ${failure}`)
  return printed.split('\n').filter(Boolean)
}

test.skipIf(missing !== '' && !process.env.CI)(
  'has no problem by the recommended rules of Redocly and Spectral, and makes types that fit every example',
  async () => {
    const database = await freshDatabase('pglite')
    try {
      const { text } = await openApi(database.db).call('GET', '/swagger/json')
      expect(await problemsOf(text)).toEqual([])
      const broken = text.replace('"CAMPAIGN_NOT_FOUND","message":"', '"NOT_A_CODE","message":"')
      const problems = await problemsOf(broken)
      for (const who of ['redocly', 'spectral', 'tsc']) expect(problems.some((line) => line.startsWith(who))).toBe(true)
    } finally {
      await database.close()
    }
  },
  180_000,
)
