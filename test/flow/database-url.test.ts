/** Every common parameter of DATABASE_URL works on a real server, and whatever keeps a start from its database is one line. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { execFile } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { selfSigned } from '../support/self-signed.ts'
import { releaseServers, runServer, startServer } from '../support/server-process.ts'

const LONG = 240_000
const PASSWORD = 'open-sesame'
const migrateProgram = fileURLToPath(new URL('../../scripts/migrate.ts', import.meta.url))

function migrate(DATABASE_URL: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL }
  return new Promise((resolve) =>
    execFile(process.execPath, ['--no-env-file', migrateProgram], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

describe.skipIf(!postgresAvailable)('DATABASE_URL', () => {
  let plain: PostgresServer
  let tls: PostgresServer
  let admin: postgres.Sql
  beforeAll(async () => {
    plain = await startPostgres({ binaries: postgresBinaries })
    tls = await startPostgres({ binaries: postgresBinaries })
    const { key, cert } = selfSigned
    for (const [name, text] of [
      ['key.pem', key],
      ['cert.pem', cert],
    ] as const) {
      const file = path.join(tls.folder, name)
      writeFileSync(file, text, { mode: 0o600 })
      const { uid, gid } = await Bun.file(path.join(tls.folder, 'data')).stat()
      if (process.getuid?.() === 0) chownSync(file, uid, gid)
    }
    const onTls = postgres(tls.url(), { max: 1, onnotice: () => {} })
    await onTls.unsafe(`alter system set ssl_cert_file = '${path.join(tls.folder, 'cert.pem')}'`)
    await onTls.unsafe(`alter system set ssl_key_file = '${path.join(tls.folder, 'key.pem')}'`)
    await onTls.unsafe('alter system set ssl = on')
    await onTls`select pg_reload_conf()`
    await onTls.unsafe('create database secured')
    await onTls.end()
    admin = postgres(plain.url(), { max: 1, onnotice: () => {} })
    await admin.unsafe('create database app')
    await admin.unsafe('create database closed')
    await admin.unsafe(`create role stranger login password '${PASSWORD}'`)
  }, LONG)
  afterEach(releaseServers)
  afterAll(async () => {
    await admin.end()
    await Promise.all([plain.dispose(), tls.dispose()])
  })

  const worksWith = [
    ['plain', 'app', 'channel_binding=require', ''],
    [
      'plain',
      'app',
      'schema=campaigns',
      "select tablename from pg_tables where schemaname = 'campaigns' and tablename = 'kysely_migration'",
    ],
    [
      'plain',
      'app',
      'schema=second',
      "select tablename from pg_tables where schemaname = 'second' and tablename = 'customers'",
    ],
    ['plain', 'app', 'sslmode=prefer&application_name=mine&connect_timeout=3&target_session_attrs=read-write', ''],
    ['plain', 'app', 'options=-c%20statement_timeout%3D60000&keepalives=1&gssencmode=prefer', ''],
    ['tls', 'secured', 'sslmode=require&channel_binding=require', ''],
  ] as const

  test(
    'works with every common parameter: migrates, starts and answers',
    async () => {
      for (const [server, database, query, look] of worksWith) {
        const DATABASE_URL = `${(server === 'tls' ? tls : plain).url(database)}?${query}`
        const { code, stderr, stdout } = await migrate(DATABASE_URL)
        expect({ query, code, stderr }).toEqual({ query, code: 0, stderr: '' })
        expect(stdout).toMatch(/\(PostgreSQL\) is up to date\n$/)
        const running = await startServer({ DATABASE_URL })
        expect([query, (await fetch(`${running.url}/campaigns`)).status]).toEqual([query, 200])
        expect(running.output().includes('channel_binding=require')).toBe(query.includes('channel_binding'))
        expect(await running.end()).toBe(0)
        if (!look) continue
        const own = postgres(plain.url(database), { max: 1 })
        expect([query, (await own.unsafe(look)).length]).toEqual([query, 1])
        await own.end()
      }
    },
    LONG,
  )

  test(
    'tries the hosts in their order, and passes over one that is read-only',
    async () => {
      const port = new URL(plain.url()).port
      const listed = `postgres://postgres@127.0.0.1:2,127.0.0.1:${port}/app?target_session_attrs=read-write`
      expect(await migrate(listed)).toMatchObject({ code: 0 })
    },
    LONG,
  )

  const at = (server: PostgresServer, database: string, query = '', user = 'postgres') =>
    `${server.url(database).replace('postgres@', `${user}:${PASSWORD}@`)}${query && `?${query}`}`

  test(
    'a start that cannot be, and a migration, end in one line and exit code 1',
    async () => {
      const cases: [string, string, RegExp][] = [
        ['migrate', at(plain, 'closed', '', 'stranger'), /42501 permission denied for schema public\. Grant its user/],
        ['migrate', at(plain, 'nowhere'), /3D000 .*"nowhere".*its database must exist$/],
        ['start', at(plain, 'nowhere'), /3D000 .*"nowhere".*its database must exist$/],
        ['migrate', at(plain, 'app', 'sslmode=require'), /TLS_REFUSED the server does not offer TLS/],
        ['start', at(plain, 'app', 'sslmode=require'), /TLS_REFUSED the server does not offer TLS/],
        ['migrate', at(tls, 'secured', 'sslmode=verify-full'), /(SELF_SIGNED|CERT|UNABLE_TO).*sslrootcert must name/],
        ['migrate', 'postgres://u:p@127.0.0.1:2/db', /ECONNREFUSED.*that the server runs$/],
        ['migrate', 'postgres://u:p@no-such-host.invalid/db', /ENOTFOUND.*that the server runs$/],
        ['migrate', at(plain, 'app', 'sslmod=require'), /"sslmod", which is not known: did you mean "sslmode"/],
        ['start', at(plain, 'app', 'nonsense=1'), /"nonsense", which is not known/],
        ['migrate', at(plain, 'app', 'options=-c%20nonsense%3D1'), /42704 .*nonsense.*Check the parameters/],
      ]
      for (const [how, url, line] of cases) {
        const { code, stdout, stderr } = how === 'start' ? await runServer({ DATABASE_URL: url }) : await migrate(url)
        expect({ how, code, stdout, stderr: stderr.trimEnd() }).toEqual({
          how,
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(line),
        })
        expect(stderr.trimEnd().split('\n')).toHaveLength(1)
        expect(stderr).not.toContain(PASSWORD)
      }
    },
    LONG,
  )

  test(
    'a database that is newer than the program: one line from start and migration',
    async () => {
      const url = plain.url('app')
      expect(await migrate(url)).toMatchObject({ code: 0 })
      const own = postgres(url, { max: 1 })
      await own`insert into kysely_migration (name, timestamp) values ('9999_later', ${new Date().toISOString()})`
      await own.end()
      const line = expect.stringMatching(/^The database is newer than this program, .* migration 9999_later\. .*\n$/)
      expect(await migrate(url)).toEqual({ code: 1, stdout: '', stderr: line })
      expect(await runServer({ DATABASE_URL: url })).toEqual({ code: 1, stdout: '', stderr: line })
    },
    LONG,
  )

  test(
    'a wrong password: one line',
    async () => {
      const hba = path.join(plain.folder, 'data', 'pg_hba.conf')
      await Bun.write(hba, `host all stranger 127.0.0.1/32 scram-sha-256\n${await Bun.file(hba).text()}`)
      await admin`select pg_reload_conf()`
      const wrong = at(plain, 'app', '', 'stranger').replace(PASSWORD, 'not-the-password')
      const { code, stderr } = await migrate(wrong)
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^Cannot open .*28P01 .*its user and password\n$/)])
      expect(stderr).not.toContain('not-the-password')
    },
    LONG,
  )
})
