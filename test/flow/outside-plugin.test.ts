/** A stranger's way: from nothing to a plugin that runs, in a folder outside of the project. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { execFile } from 'node:child_process'
import { lstat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Kysely, sql } from 'kysely'
import { openApi } from '../../scripts/support/api.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { releaseServers, runServer, startServer } from '../support/server-process.ts'
import { emptyFolder, freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000
const root = fileURLToPath(new URL('../..', import.meta.url))
const GRANTS = 'birthday=tables:own,clock'

/** Runs a program of the project to its end. */
const run = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) => {
  const { DATABASE_URL: _, ...inherited } = process.env
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile(process.execPath, ['--no-env-file', ...args], { cwd, env: { ...inherited, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}
const newPlugin = (...args: string[]) =>
  run([path.join(root, 'scripts/new-plugin.ts'), ...args], root, { INIT_CWD: outside })

let outside = ''
let folder = ''
const entry = () => path.join(folder, 'plugin.ts')
const PLUGINS = () => `all,${entry()}`

beforeAll(async () => {
  outside = await emptyFolder()
  folder = path.join(outside, 'birthday')
  expect(await newPlugin('birthday', 'birthday')).toMatchObject({ code: 0, err: '' })
}, LONG)
afterAll(async () => {
  await releaseServers()
  await releaseFolders()
})

describe('npm run new-plugin', () => {
  test(
    'writes a plugin that passes its tests and its type check as it is',
    async () => {
      const { code, err } = await run(['test', '--timeout=60000'], folder)
      expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/\n [1-9]\d* pass\n 0 fail\n/) })
      const tsc = path.join(folder, 'node_modules/campaign-dispatch/node_modules/typescript/bin/tsc')
      expect(await run([tsc], folder)).toEqual({ code: 0, out: '', err: '' })
      // The check checks: a column that there is not is an error.
      const wrong = (await Bun.file(entry()).text()).replace("select(['name', ", "select(['nmae', ")
      await writeFile(path.join(folder, 'wrong.ts'), wrong)
      expect((await run([tsc], folder)).out).toContain('wrong.ts')
      await Bun.file(path.join(folder, 'wrong.ts')).delete()
    },
    LONG,
  )

  test.each([
    ['no name', [], 'Usage: npm run new-plugin <name> [folder]'],
    [
      'a name that is no prefix',
      ['my-plugin'],
      'Cannot call a plugin "my-plugin": expected lower-case letters and digits',
    ],
    [
      'the name of a built-in one',
      ['worker'],
      'Cannot call a plugin "worker": a plugin that is built in has this name',
    ],
    ['a prefix of the product’s tables', ['customer'], 'Cannot call a plugin "customer": its tables would begin with'],
    ['a folder that holds something', ['party', 'birthday'], `Cannot write into "`],
  ])('refuses %s in one line', async (_, args, line) => {
    const { code, err } = await newPlugin(...args)
    expect({ code, lines: err.trim().split('\n') }).toEqual({ code: 1, lines: [expect.stringContaining(line)] })
  })
})

test(
  'without its grant the server says what to set; with that it runs, and a campaign goes out through its sender',
  async () => {
    const DATA_DIR = await freshFolder()
    const refused = await runServer({ DATA_DIR, PLUGINS: PLUGINS() })
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `Not granted: plugin "birthday" needs tables:own, clock. If you trust it, set GRANTS="${GRANTS}"\n`,
    })
    const settings = { DATA_DIR, PLUGINS: PLUGINS(), GRANTS, SMS_SENDER: 'birthday', BIRTHDAY_WORD: 'Habari' }
    const first = await startServer(settings)
    const api = openApi(first.url)
    expect(await api.post<unknown>('/birthday', { name: 'Wanjiku' })).toEqual({ greeting: 'Habari, Wanjiku!' })
    expect(await api.get<unknown>('/health')).toMatchObject({
      checks: {
        loops: {
          loops: expect.arrayContaining([
            expect.objectContaining({ plugin: 'birthday', loop: 'forget', state: 'running' }),
          ]),
        },
      },
    })
    const { id } = await api.post<{ id: number }>('/customers', { phone: '+254711000111', first_name: 'Otieno' })
    const campaign = await api.post<{ id: number }>('/campaigns', {
      name: 'Party',
      channel: 'sms',
      base_template: 'Karibu {first_name}',
    })
    await api.post(`/campaigns/${campaign.id}/send`, { customer_ids: [id] })
    await until(
      'the campaign is sent',
      async () => (await api.get<{ status: string }>(`/campaigns/${campaign.id}`)).status === 'sent',
    )
    expect(await first.end()).toBe(0)
    const rows = await inFolder(DATA_DIR, async (db) => {
      await sql`update birthday_greetings set greeted_at = now() - interval '31 days'`.execute(db)
      return (db as unknown as Kysely<{ birthday_messages: { phone: string; text: string } }>)
        .selectFrom('birthday_messages')
        .select(['phone', 'text'])
        .execute()
    })
    expect(rows).toEqual([{ phone: '+254711000111', text: 'Karibu Otieno' }])
    const second = await startServer(settings)
    const greetings = async () => (await openApi(second.url).get<{ greetings: unknown[] }>('/birthday')).greetings
    await until('its loop has forgotten the name', async () => (await greetings()).length === 0)
    expect(await second.end()).toBe(0)
  },
  LONG,
)

test('--plugins and --help show it like a built-in one, and ask for no grant', async () => {
  const { code, stdout } = await runServer({ PLUGINS: PLUGINS() }, ['--plugins'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('\nbirthday\n  may     tables.own, clock\n  routes  POST   /birthday\n'),
  })
  expect((await runServer({ PLUGINS: PLUGINS() }, ['--help'])).stdout).toContain('BIRTHDAY_WORD=Jambo')
})

test(
  'a server brings the entry along for a plugin that lies alone: the one of plugins/README.md',
  async () => {
    const alone = path.join(await emptyFolder(), 'alone.ts')
    const guide = await Bun.file(path.join(root, 'plugins/README.md')).text()
    await writeFile(alone, /```ts\n(import .+?)```/s.exec(guide)?.[1] ?? '')
    await expect(lstat(path.join(path.dirname(alone), 'node_modules'))).rejects.toThrow('ENOENT')
    const grants = 'hello=db.read:customers'
    const server = await startServer({
      DATA_DIR: await freshFolder(),
      PLUGINS: `all,${alone}`,
      GRANTS: grants,
      SAMPLE_DATA: 'off',
    })
    const api = openApi(server.url)
    await api.post('/customers', { phone: '+254711000111', first_name: 'Otieno' })
    expect((await api.get<{ greetings: string[] }>('/hello')).greetings).toEqual(['Jambo, Otieno!'])
    expect(await server.end()).toBe(0)
  },
  LONG,
)

test.skipIf(!postgresAvailable)(
  'on PostgreSQL the start is refused until npm run migrate has made its tables',
  async () => {
    const clone = await cloneDatabase()
    const settings = { DATABASE_URL: clone.url, PLUGINS: PLUGINS(), GRANTS }
    const refused = await runServer(settings)
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'Cannot start: plugin "birthday" lacks its migrations 0001_init. Run, with the same PLUGINS and GRANTS: npm run migrate\n',
    })
    const migrate = (env: Record<string, string>) => run([path.join(root, 'scripts/migrate.ts')], outside, env)
    expect(await migrate({ ...settings, GRANTS: '' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Not granted: .+\n$/),
    })
    expect(await migrate(settings)).toMatchObject({ code: 0, out: expect.stringContaining('is up to date') })
    const server = await startServer(settings)
    expect(await openApi(server.url).post<unknown>('/birthday', { name: 'A' })).toEqual({ greeting: 'Jambo, A!' })
    expect(await server.end()).toBe(0)
    await clone.drop()
  },
  LONG,
)
