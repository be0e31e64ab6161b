import { describe, expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import { BootError } from '../../core/errors.ts'
import { openLog } from '../../core/log/log.ts'
import { openSenders, type SenderOptions } from '../../core/messaging/senders/registry.ts'
import { openLog as inertLog, type LogLine } from '../support/inert.ts'

const base: SenderOptions = {
  sms: 'mock',
  whatsapp: 'mock',
  idempotent: { sms: true, whatsapp: true },
  mock: { successRate: 1, latencyMs: 0 },
  http: { timeoutMs: 1_000 },
  log: openLog('silent', false),
  clock: systemClock,
}
const url = 'https://example.com/send'

describe('openSenders()', () => {
  test('shares one sender between channels of one kind', () => {
    const mocks = openSenders(base)
    expect(mocks.sms.name).toBe('mock')
    expect(mocks.whatsapp).toBe(mocks.sms)
    const https = openSenders({ ...base, sms: 'http', whatsapp: 'http', http: { url, timeoutMs: 1_234 } })
    expect(https.whatsapp).toBe(https.sms)
    expect(https.sms).toMatchObject({ name: 'http', timeoutMs: 1_234, idempotent: true })
  })

  test('takes the word of the settings for it that a channel does not honour the key', () => {
    const senders = openSenders({ ...base, idempotent: { sms: true, whatsapp: false } })
    expect([senders.sms.idempotent, senders.whatsapp.idempotent]).toEqual([true, false])
  })

  for (const [sms, said, honoured, isTold] of [
    ['mock', undefined, true, false],
    ['mock', false, false, false],
    ['http', undefined, false, true],
    ['http', true, true, false],
    ['http', false, false, false],
  ] as const)
    test(`${sms} with SMS_IDEMPOTENT=${said ?? ''} is ${honoured ? '' : 'not '}idempotent${isTold ? ', and the log says so once' : ''}`, () => {
      const lines: LogLine[] = []
      const idempotent = { sms: said, whatsapp: undefined }
      const senders = openSenders({ ...base, sms, idempotent, http: { url, timeoutMs: 1_000 }, log: inertLog(lines) })
      expect(senders.sms.idempotent).toBe(honoured)
      expect(senders.whatsapp.idempotent).toBe(true)
      expect(lines.map(({ level, args }) => [level, args[0]])).toEqual(
        isTold ? [['info', { settings: ['SMS_IDEMPOTENT'] }]] : [],
      )
    })

  test('two channels over http that do not say it are told of in one line', () => {
    const lines: LogLine[] = []
    const idempotent = { sms: undefined, whatsapp: undefined }
    const http = { url, timeoutMs: 1_000 }
    openSenders({ ...base, sms: 'http', whatsapp: 'http', idempotent, http, log: inertLog(lines) })
    expect(lines.map(({ args }) => args[0])).toEqual([{ settings: ['SMS_IDEMPOTENT', 'WHATSAPP_IDEMPOTENT'] }])
  })

  test('opens a sender for each kind', () => {
    const senders = openSenders({ ...base, whatsapp: 'http', http: { url, timeoutMs: 1_000 } })
    expect([senders.sms.name, senders.whatsapp.name]).toEqual(['mock', 'http'])
  })

  test.each([[undefined], [''], ['example.com'], ['ftp://user:secret@example.com'], ['http://']])(
    'refuses http to %p by the name of its setting, without repeating it',
    (bad) => {
      const open = () => openSenders({ ...base, whatsapp: 'http', http: { url: bad, timeoutMs: 1_000 } })
      expect(open).toThrow(BootError)
      expect(open).toThrow(/^HTTP_SENDER_URL is (missing|not an http)(?!.*secret)/)
    },
  )

  test('does not mind a missing address that nobody uses', () => expect(() => openSenders(base)).not.toThrow())
})
