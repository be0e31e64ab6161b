import { describe, expect, test } from 'bun:test'
import { placeOf, readDatabaseUrl } from '../../core/db/database-url.ts'

const base = 'postgres://app:open-sesame@db.internal:6432/campaigns'
const withQuery = (query: string) => readDatabaseUrl(`${base}?${query}`)

describe('readDatabaseUrl()', () => {
  test('reads host, port, database, user and password, decoded, with libpq’s defaults', () => {
    expect(readDatabaseUrl(base)).toMatchObject({
      hosts: [{ host: 'db.internal', port: 6432 }],
      database: 'campaigns',
      user: 'app',
      password: 'open-sesame',
      tls: 'never',
      session: {},
      writable: false,
    })
    expect(readDatabaseUrl('postgresql://a%40b:p%3A%2F@[::1]')).toMatchObject({
      hosts: [{ host: '::1', port: 5432 }],
      database: 'a@b',
      user: 'a@b',
      password: 'p:/',
    })
    expect(placeOf(readDatabaseUrl('postgres://u:p@one:1,two/db'))).toBe('one:1,two:5432/db')
    expect(withQuery('host=/run/postgresql&port=5433').hosts).toEqual([{ host: '/run/postgresql', port: 5433 }])
    expect(withQuery('dbname=other&user=me&password=x')).toMatchObject({ database: 'other', user: 'me', password: 'x' })
  })

  test.each([
    ['sslmode=disable', { tls: 'never' }],
    ['sslmode=allow', { tls: 'if offered' }],
    ['sslmode=prefer', { tls: 'if offered' }],
    ['sslmode=require', { tls: 'always', tlsOptions: { rejectUnauthorized: false } }],
    ['ssl=true', { tls: 'always' }],
    ['sslmode=verify-ca', { tls: 'always', tlsOptions: { rejectUnauthorized: true } }],
    ['sslmode=verify-full', { tls: 'always', tlsOptions: { rejectUnauthorized: true } }],
    ['sslrootcert=system', { tls: 'always', tlsOptions: { rejectUnauthorized: true } }],
    ['application_name=mine', { session: { application_name: 'mine' } }],
    ['connect_timeout=10', { connectTimeoutMs: 10_000 }],
    ['connect_timeout=0', { connectTimeoutMs: 5000 }],
    ['options=-c%20work_mem%3D8MB', { session: { options: '-c work_mem=8MB' } }],
    ['search_path=a,b', { session: { search_path: 'a,b' }, schema: undefined }],
    ['schema=app', { session: { search_path: '"app"' }, schema: 'app' }],
    ['currentSchema=A"b', { session: { search_path: '"A""b"' }, schema: 'A"b' }],
    ['target_session_attrs=read-write', { writable: true }],
    ['target_session_attrs=primary', { writable: true }],
    ['target_session_attrs=any', { writable: false }],
    ['channel_binding=prefer', { warnings: [] }],
    ['channel_binding=require', { warnings: [expect.stringContaining('channel_binding=require')] }],
    ['keepalives=1&keepalives_idle=30&gssencmode=disable&pgbouncer=true&connection_limit=5', { session: {} }],
  ])('%s', (query, expected) => {
    expect(withQuery(query)).toMatchObject(expected)
  })

  test.each([
    ['sslmod=require', 'has the parameter "sslmod", which is not known: did you mean "sslmode"?'],
    ['nonsense_of_mine=1', 'has the parameter "nonsense_of_mine", which is not known: use one of host, port'],
    ['sslmode=strict', 'has an sslmode that is not known: expected disable, allow'],
    ['sslrootcert=/no/such/file', 'names a file in sslrootcert that cannot be read (ENOENT)'],
    ['connect_timeout=soon', 'has a connect_timeout that is no number of seconds'],
    ['target_session_attrs=standby', 'has a target_session_attrs that cannot be used'],
    ['port=99999&host=a', 'has a port that is no number'],
  ])('refuses %s in one line, without the password', (query, problem) => {
    let message = ''
    try {
      withQuery(query)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toStartWith(`DATABASE_URL ${problem}`)
    expect(message).not.toMatch(/\n|open-sesame/)
  })

  test.each(['postgres://u:100%@h/db', 'postgres://u:p@h:x/db', 'mysql://u@h/db'])('refuses %s', (url) => {
    expect(() => readDatabaseUrl(url, 'DATABASE_DIRECT_URL')).toThrow(/^DATABASE_DIRECT_URL /)
  })
})
