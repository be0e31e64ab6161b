import { describe, expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import { BootError } from '../../core/errors.ts'
import type { AnyGrant, AnyPlugin } from '../../core/host/plugin.ts'
import { openSenders, type SenderOptions, senderKindsOf } from '../../core/messaging/senders/registry.ts'
import { http } from '../../plugins/http/plugin.ts'
import { mock } from '../../plugins/mock/plugin.ts'
import { type LogLine, openLog } from '../support/inert.ts'

const url = 'https://example.com/send'

interface Changes {
  readonly kinds?: SenderOptions['kinds']
  readonly idempotent?: SenderOptions['idempotent']
  readonly http?: { readonly url?: string | undefined; readonly timeoutMs: number }
  readonly plugins?: readonly AnyPlugin[]
}

function open(changes: Changes = {}) {
  const lines: LogLine[] = []
  const log = openLog(lines)
  const configs: Readonly<Record<string, unknown>> = {
    mock: { successRate: 1, latencyMs: 0 },
    http: changes.http ?? { url, timeoutMs: 1_000 },
  }
  const members = (changes.plugins ?? [mock, http]).map((plugin: AnyPlugin) => ({
    plugin,
    grant: { config: configs[plugin.name], clock: systemClock, log } as unknown as AnyGrant,
  }))
  const { kinds = { sms: 'mock', whatsapp: 'mock' }, idempotent = { sms: true, whatsapp: true } } = changes
  return { senders: openSenders(members, { kinds, idempotent, log }), lines }
}

const closing = (closed: string[]): AnyPlugin => ({
  name: 'acme',
  needs: {},
  senders: {
    acme: {
      channels: ['sms', 'whatsapp'],
      idempotent: false,
      open: () => ({ timeoutMs: 1, send: async () => [], close: async () => void closed.push('acme') }),
    },
  },
})

describe('openSenders()', () => {
  test('opens a kind once for all of its channels, and closes it once', async () => {
    const closed: string[] = []
    const { senders } = open({ plugins: [closing(closed)], kinds: { sms: 'acme', whatsapp: 'acme' } })
    for (const sender of Object.values(senders)) await sender.close?.()
    expect(closed).toEqual(['acme'])
  })

  test('gives a sender its settings', () => {
    const { senders } = open({ kinds: { sms: 'http', whatsapp: 'http' }, http: { url, timeoutMs: 1_234 } })
    expect(senders.sms).toMatchObject({ name: 'http', timeoutMs: 1_234, idempotent: true })
  })

  test('takes the word of the settings for it that a channel does not honour the key', () => {
    const { senders } = open({ idempotent: { sms: true, whatsapp: false } })
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
      const { senders, lines } = open({
        kinds: { sms, whatsapp: 'mock' },
        idempotent: { sms: said, whatsapp: undefined },
      })
      expect(senders.sms.idempotent).toBe(honoured)
      expect(senders.whatsapp.idempotent).toBe(true)
      expect(lines.map(({ level, args }) => [level, args[0]])).toEqual(
        isTold ? [['info', { settings: ['SMS_IDEMPOTENT'] }]] : [],
      )
    })

  test('two channels over http that do not say it are told of in one line', () => {
    const { lines } = open({
      kinds: { sms: 'http', whatsapp: 'http' },
      idempotent: { sms: undefined, whatsapp: undefined },
    })
    expect(lines.map(({ args }) => args[0])).toEqual([{ settings: ['SMS_IDEMPOTENT', 'WHATSAPP_IDEMPOTENT'] }])
  })

  test('opens a sender for each kind', () => {
    const { senders } = open({ kinds: { sms: 'mock', whatsapp: 'http' } })
    expect([senders.sms.name, senders.whatsapp.name]).toEqual(['mock', 'http'])
  })

  test.each([[undefined], [''], ['example.com'], ['ftp://user:secret@example.com'], ['http://']])(
    'refuses http to %p by the name of its setting, without repeating it',
    (bad) => {
      const opening = () => open({ kinds: { sms: 'mock', whatsapp: 'http' }, http: { url: bad, timeoutMs: 1_000 } })
      expect(opening).toThrow(BootError)
      expect(opening).toThrow(/^HTTP_SENDER_URL is (missing|not an http)(?!.*secret)/)
    },
  )

  test('does not mind a missing address that nobody uses', () =>
    expect(() => open({ http: { timeoutMs: 1 } })).not.toThrow())

  test('refuses a kind that no plugin brings, and one that does not carry the channel', () => {
    expect(() => open({ kinds: { sms: 'acme', whatsapp: 'mock' } })).toThrow(
      'SMS_SENDER names "acme": no plugin that is switched on brings such a sender',
    )
    const onlySms = {
      ...closing([]),
      senders: { acme: { ...closing([]).senders?.acme, channels: ['sms'] } },
    } as AnyPlugin
    expect(() => open({ plugins: [onlySms, mock], kinds: { sms: 'mock', whatsapp: 'acme' } })).toThrow(
      'WHATSAPP_SENDER names "acme", which carries sms only',
    )
  })

  test('counts a message that a sender did not answer for as unknown', async () => {
    const { senders } = open({ plugins: [closing([])], kinds: { sms: 'acme', whatsapp: 'acme' } })
    expect(await senders.sms.send({} as never, AbortSignal.abort())).toEqual({ kind: 'unknown', code: 'sender.error' })
  })
})

test('senderKindsOf() refuses a kind that two plugins bring', () => {
  expect(() => senderKindsOf([mock, { ...closing([]), senders: mock.senders } as AnyPlugin])).toThrow(
    'Kind of sender "mock" of plugin "acme" is taken by plugin "mock"',
  )
})
