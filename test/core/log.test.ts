import { describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openLog } from '../../core/log/log.ts'
import { eachDatabase } from '../support/databases.ts'
import { until } from '../support/server-process-wait.ts'
import { openSink } from '../support/sink.ts'

const PHONE = '+254712345678'
const TEXT = 'Hi Amina, your shoes wait'

/** Logs an error. @returns the written text */
async function logError(error: unknown, terminal = false): Promise<string> {
  const { to, written } = openSink()
  const log = await openLog('info', terminal, to)
  log.error({ err: error, chunk: '7' }, 'it failed')
  await until('the line is written', () => written().endsWith('\n'))
  return written()
}

const viewed = async (error: unknown) => JSON.parse(await logError(error)).err

describe('openLog()', () => {
  test('writes JSON lines outside of a terminal, and readable ones in it', async () => {
    expect(JSON.parse(await logError(new Error('broken')))).toMatchObject({ level: 50, chunk: '7', msg: 'it failed' })
    const readable = await logError(new Error('broken'), true)
    expect(() => JSON.parse(readable)).toThrow()
    expect(readable).toContain('it failed')
    expect(readable).toContain('broken')
  })

  test('shows of an error its type, message, code and where it was thrown', async () => {
    const err = await viewed(Object.assign(new TypeError('broken'), { code: 'E_BROKEN' }))
    expect(err).toMatchObject({ type: 'TypeError', message: 'broken', code: 'E_BROKEN' })
    expect(err.stack).toMatch(/^at .*log\.test\.ts/)
  })

  test('shows causes and gathered errors, and ends with a chain that leads back to itself', async () => {
    const cause = new Error(`no route to ${PHONE}`)
    expect((await viewed(new Error('outer', { cause }))).cause.message).toBe('no route to +2547•••••678')
    expect((await viewed(new AggregateError([cause], 'all'))).errors[0].message).toBe('no route to +2547•••••678')
    const ring = new Error('ring')
    ring.cause = ring
    expect((await viewed(ring)).cause.cause.message).toBe('ring')
  })

  test('masks phones in messages, and drops fields that it does not know', async () => {
    const error = Object.assign(new Error(`cannot reach ${PHONE}\n    at ${PHONE}`), {
      parameters: [PHONE, TEXT],
      detail: `Key (phone)=(${PHONE}) already exists.`,
      code: `${TEXT.repeat(9)}`,
    })
    for (const terminal of [false, true]) expect(await logError(error, terminal)).not.toMatch(/712345|Amina/)
  })

  test.each([PHONE, { phone: PHONE }, [TEXT], null, 5])(
    'says of what is no error no more than its type: %j',
    async (thrown) => {
      expect(await logError(thrown)).not.toMatch(/712345|Amina/)
      expect((await viewed(thrown)).type).toBe(typeof thrown)
    },
  )
})

eachDatabase((database) => {
  const add = (phone: string, first_name: string) =>
    database().db.insertInto('customers').values({ phone, first_name }).execute()

  test.each<[string, string, () => Promise<unknown>]>([
    ['is there already', '23505', () => add(PHONE, TEXT).then(() => add(PHONE, TEXT))],
    ['breaks a rule', '23514', () => add('+1', TEXT.repeat(20))],
    ['is of another kind', '22P02', () => sql`select ${`${TEXT} "quoted" ${PHONE}`}::text::int`.execute(database().db)],
  ])('an error about a value that %s is logged without the value', async (_, code, fail) => {
    const error = await fail().catch((reason: unknown) => reason)
    const err = await viewed(error)
    expect(err.code).toBe(code)
    expect(err.message.length).toBeGreaterThan(10)
    for (const terminal of [false, true])
      expect(await logError(error, terminal)).not.toMatch(/712345|Amina|shoes|quoted/)
  })
})
