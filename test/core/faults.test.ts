import { describe, expect, test } from 'bun:test'
import { faultOf } from '../../core/db/faults.ts'
import { openPostgres } from '../../core/db/open.ts'
import { isPassing } from '../../core/db/retry.ts'
import { openWriteCheck } from '../../core/db/write-check.ts'
import { errors } from '../../core/errors.ts'
import { brokerFault } from '../../core/queue/faults.ts'
import { eachDatabase } from '../support/databases.ts'

const withCode = (code: string, message = 'secret at 10.0.0.1') => Object.assign(new Error(message), { code })

describe('faultOf()', () => {
  test.each([
    ['53100', 'DATABASE_FULL', true],
    ['53200', 'DATABASE_OUT_OF_MEMORY', true],
    ['53300', 'DATABASE_TOO_MANY_CONNECTIONS', true],
    ['53400', 'DATABASE_UNAVAILABLE', true],
    ['25006', 'DATABASE_READ_ONLY', true],
    ['57P03', 'DATABASE_STARTING', true],
    ['57P01', 'DATABASE_UNAVAILABLE', true],
    ['28P01', 'DATABASE_LOGIN_REFUSED', true],
    ['28000', 'DATABASE_LOGIN_REFUSED', true],
    ['3D000', 'DATABASE_MISSING', true],
    ['42501', 'DATABASE_PERMISSION_DENIED', false],
    ['42P01', 'DATABASE_NOT_MIGRATED', false],
    ['58030', 'DATABASE_DAMAGED', false],
    ['XX001', 'DATABASE_DAMAGED', false],
    ['08006', 'DATABASE_UNAVAILABLE', true],
    ['ECONNREFUSED', 'DATABASE_UNAVAILABLE', true],
    ['EHOSTUNREACH', 'DATABASE_UNAVAILABLE', true],
    ['CONNECT_TIMEOUT', 'DATABASE_UNAVAILABLE', true],
  ] as const)('%s is %s', (sqlState, code, passing) => {
    const fault = faultOf(withCode(sqlState))
    expect(fault).toMatchObject({ code, passing })
    expect([errors[code].status, isPassing(withCode(sqlState))]).toEqual([503, passing])
    expect(fault?.message).not.toMatch(/secret|10\.0\.0\.1/)
  })

  test.each(['23505', '22P02', '42601', '57014', 'XX000', 'ERR_ANYTHING'])(
    '%s says nothing about the database',
    (code) => expect(faultOf(withCode(code))).toBeUndefined(),
  )
})

describe('brokerFault()', () => {
  test.each([
    ['Expected ConnectionOpenOk; got <ConnectionClose channel:0>', '', 'BROKER_VHOST'],
    ['Connection closed: 530 (NOT-ALLOWED) with message "NOT_ALLOWED - vhost x not found"', '', 'BROKER_VHOST'],
    [
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "Login was refused"',
      '',
      'BROKER_LOGIN_REFUSED',
    ],
    ["Operation failed: QueueDeclare; 403 (ACCESS-REFUSED) access to queue 'q'", '403', 'BROKER_PERMISSION_DENIED'],
    ['Operation failed: QueueDeclare; 406 (PRECONDITION-FAILED)', '406', 'BROKER_QUEUE_DIFFERS'],
    ['OPENSSL_internal:WRONG_VERSION_NUMBER', 'ERR_SSL_WRONG_VERSION_NUMBER', 'BROKER_TLS'],
    ['self signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'BROKER_TLS'],
    ['Frame size 1345270062 exceeds maxFrameSize 67108864', '', 'BROKER_PROTOCOL'],
    ['getaddrinfo ENOTFOUND host', 'ENOTFOUND', 'BROKER_UNREACHABLE'],
    ['connect ECONNREFUSED 10.0.0.1:5672', 'ECONNREFUSED', 'BROKER_UNREACHABLE'],
    ['connect ETIMEDOUT', '', 'BROKER_UNREACHABLE'],
    ['never heard of', '', 'NOT_CONNECTED'],
  ])('%s (%s) is %s', (message, code, expected) => {
    const fault = brokerFault(withCode(code, message))
    expect(fault.code).toBe(expected)
    expect(fault.message).not.toMatch(/10\.0\.0\.1|[Ff]rame|ConnectionOpen/)
  })
})

test('the write check tells of a full disk while the database cannot be reached after it', async () => {
  const { db, close } = openPostgres('postgres://postgres@127.0.0.1:1/none', 1)
  const { check, note } = openWriteCheck(
    () => db as never,
    () => 0,
  )
  expect(check()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  note(withCode('53100'))
  expect(check()).rejects.toMatchObject({
    code: 'DATABASE_FULL',
    message: expect.stringMatching(
      /^The database cannot be used \(ECONNREFUSED\) since its disk filled up: free space/,
    ),
  })
  await close()
})

eachDatabase((database) => {
  test('the write check tells the last failed write for a minute, and a full disk until a write succeeds', async () => {
    let now = 0
    const { check, note } = openWriteCheck(
      () => database().db as never,
      () => now,
    )
    await check()
    note(withCode('42501'))
    expect(check()).rejects.toMatchObject({ code: 'DATABASE_PERMISSION_DENIED' })
    now = 60_001
    await check()
    note(withCode('53100'))
    await check() // it tried a small write, which succeeded
    note(withCode('53100'))
    expect(check()).rejects.toMatchObject({ code: 'DATABASE_FULL' })
    now += 5000
    await check()
    note(withCode('ECONNREFUSED'))
    await check()
  })
})
