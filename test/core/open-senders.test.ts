import { describe, expect, test } from 'bun:test'
import { t } from 'elysia'
import { systemClock } from '../../core/clock.ts'
import { BootError } from '../../core/errors.ts'
import type { AnyGrant, AnyPlugin } from '../../core/host/plugin.ts'
import { defineSender, type SenderUse } from '../../core/messaging/senders/contract.ts'
import { senderKindsOf } from '../../core/messaging/senders/kinds.ts'
import { describeRoutes } from '../../core/messaging/senders/plan.ts'
import { openSenders } from '../../core/messaging/senders/registry.ts'
import { readSettings } from '../../core/messaging/settings.ts'
import { http } from '../../plugins/http/plugin.ts'
import { mock } from '../../plugins/mock/plugin.ts'
import { type LogLine, openLog } from '../support/inert.ts'
import { outbound } from '../support/sender-use.ts'

const url = 'https://example.com/send'

/** Opens the senders as a start would, with these variables and plugins. */
function open(
  env: Readonly<Record<string, string>> = {},
  plugins: readonly AnyPlugin[] = [mock, http],
  publicUrl?: string,
) {
  const lines: LogLine[] = []
  const log = openLog(lines)
  const { config, senders: plan } = readSettings(env, plugins)
  const members = plugins.map((plugin) => ({
    plugin,
    grant: { config: config[plugin.name], clock: systemClock, log } as unknown as AnyGrant,
  }))
  return { senders: openSenders(members, plan, { clock: systemClock, log, publicUrl }), lines }
}

/** A plugin with the kind `acme`, which remembers how it was used and closed. */
function acme({ channels = ['sms', 'whatsapp'] }: { channels?: ('sms' | 'whatsapp')[] } = {}) {
  const uses: SenderUse<{ url: string; apiKey: string }>[] = []
  const closed: string[] = []
  const plugin: AnyPlugin = {
    name: 'acme',
    needs: {},
    senders: {
      acme: defineSender({
        channels,
        settings: t.Object({
          url: t.String({ default: 'https://api.acme.example', description: 'Base' }),
          apiKey: t.String({ secret: true, description: 'Key' }),
        }),
        idempotent: false,
        reference: 'echoed',
        limits: { rate: 10, concurrency: 5 },
        open: (_granted: unknown, use) => {
          uses.push(use)
          return { timeoutMs: 1, send: async () => [], close: async () => void closed.push(use.name) }
        },
      }) as never,
    },
  }
  return { plugin, uses, closed }
}

describe('senders by SMS_SENDER and WHATSAPP_SENDER', () => {
  test('are named after their channels', () => {
    const { senders } = open({ SMS_SENDER: 'mock', WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: url })
    expect(senders.list().map(({ name, kind }) => [name, kind])).toEqual([
      ['sms', 'mock'],
      ['whatsapp', 'http'],
    ])
    expect([senders.of('sms')[0]?.name, senders.of('whatsapp')[0]?.name]).toEqual(['sms', 'whatsapp'])
  })

  test('have settings of their own', () => {
    const { plugin, uses } = acme()
    open({ SMS_SENDER: 'acme', SENDER_SMS_API_KEY: 'k1', WHATSAPP_SENDER: 'acme', SENDER_WHATSAPP_API_KEY: 'k2' }, [
      plugin,
    ])
    expect(uses.map(({ name, settings }) => [name, settings.apiKey])).toEqual([
      ['sms', 'k1'],
      ['whatsapp', 'k2'],
    ])
  })

  for (const [kind, said, honoured, isLogged] of [
    ['mock', '', true, false],
    ['mock', 'off', false, false],
    ['http', '', false, true],
    ['http', 'on', true, false],
    ['http', 'off', false, false],
  ] as const)
    test(`${kind} with SMS_IDEMPOTENT=${said} is ${honoured ? '' : 'not '}idempotent${isLogged ? ', and the log says so once' : ''}`, () => {
      const { senders, lines } = open({ SMS_SENDER: kind, HTTP_SENDER_URL: url, SMS_IDEMPOTENT: said })
      expect(senders.get('sms')?.idempotent).toBe(honoured)
      expect(senders.get('whatsapp')?.idempotent).toBe(true)
      expect(lines.map(({ level, args }) => [level, args[0]])).toEqual(
        isLogged ? [['info', { settings: ['SMS_IDEMPOTENT'] }]] : [],
      )
    })

  test('two channels over http that do not say it are told of in one line', () => {
    const { lines } = open({ SMS_SENDER: 'http', WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: url })
    expect(lines.map(({ args }) => args[0])).toEqual([{ settings: ['SMS_IDEMPOTENT', 'WHATSAPP_IDEMPOTENT'] }])
  })

  test.each([['example.com'], ['ftp://user:secret@example.com'], ['http://']])(
    'refuse http to %p by the name of its setting, without repeating it',
    (bad) => {
      const opening = () => open({ WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: bad })
      expect(opening).toThrow(BootError)
      expect(opening).toThrow(/^HTTP_SENDER_URL (?!.*secret)/)
    },
  )

  test('hand templates to a kind that has them, and refuse them for any other', async () => {
    const { plugin } = acme()
    const { senders } = open({ SMS_SENDER: 'mock', WHATSAPP_SENDER: 'acme', SENDER_WHATSAPP_API_KEY: 'k' }, [
      mock,
      plugin,
    ])
    const message = { ...outbound, template: { name: 'spring_sale', language: 'en', parameters: [] } }
    const ask = (name: string) => senders.get(name)?.send([message], AbortSignal.timeout(1000))
    expect(await ask('whatsapp')).toMatchObject([{ kind: 'rejected', about: 'content', code: 'content.refused' }])
    expect(await ask('sms')).not.toMatchObject([{ about: 'content' }])
    expect(await senders.get('whatsapp')?.send([outbound], AbortSignal.timeout(1000))).toEqual([])
  })

  test('refuse a kind that does not carry the channel', () => {
    const { plugin } = acme({ channels: ['sms'] })
    expect(() => open({ WHATSAPP_SENDER: 'acme', SENDER_WHATSAPP_API_KEY: 'k' }, [plugin, mock])).toThrow(
      'WHATSAPP_SENDER names "acme", which carries sms only',
    )
  })

  test('say which setting is missing', () => {
    const { plugin } = acme()
    expect(() => open({ SMS_SENDER: 'acme' }, [plugin, mock])).toThrow(
      'SENDER_SMS_API_KEY is not set, but SMS_SENDER=acme needs it. Set SENDER_SMS_API_KEY.',
    )
  })
})

describe('senders by SENDERS', () => {
  const two = { SENDERS: 'main:acme, spare-2:acme', SENDER_MAIN_API_KEY: 'k1', SENDER_SPARE_2_API_KEY: 'k2' }

  test('are opened one by one with their own settings, and closed', async () => {
    const { plugin, uses, closed } = acme()
    const { senders } = open({ ...two, SENDER_SPARE_2_URL: 'http://127.0.0.1:9' }, [plugin], 'https://example.org/')
    expect(uses.map(({ name, settings, hookUrl }) => ({ name, settings, hookUrl }))).toEqual([
      {
        name: 'main',
        settings: { url: 'https://api.acme.example', apiKey: 'k1' },
        hookUrl: 'https://example.org/hooks/main',
      },
      {
        name: 'spare-2',
        settings: { url: 'http://127.0.0.1:9', apiKey: 'k2' },
        hookUrl: 'https://example.org/hooks/spare-2',
      },
    ])
    for (const sender of senders.list()) await sender.close?.()
    expect(closed).toEqual(['main', 'spare-2'])
  })

  test('reach the host of their url, and no other', async () => {
    const { plugin, uses } = acme()
    open(two, [plugin])
    expect(uses[0]?.net.fetch('https://example.com/')).rejects.toThrow('was not granted "net:example.com"')
    expect(uses[0]?.net.fetch('http://api.acme.example/')).rejects.toThrow('was not granted')
  })

  test('carry each channel in their order, or in that of the route', () => {
    const { plugin } = acme({ channels: ['sms'] })
    const routed = (env: Readonly<Record<string, string>>) => {
      const { senders } = open({ ...two, SENDERS: `${two.SENDERS}, demo:mock`, ...env }, [plugin, mock])
      return (['sms', 'whatsapp'] as const).map((channel) => senders.of(channel).map(({ name }) => name))
    }
    expect(routed({})).toEqual([['main', 'spare-2', 'demo'], ['demo']])
    expect(routed({ SMS_ROUTE: 'demo,main' })).toEqual([['demo', 'main'], ['demo']])
  })

  test('carry countries that have senders of their own', () => {
    const { plugin } = acme({ channels: ['sms'] })
    const env = { ...two, SMS_ROUTE: 'main', SMS_ROUTE_KE: 'spare-2, main', SMS_ROUTE_UG: '', WHATSAPP_SENDER: 'mock' }
    const { senders } = open(env, [plugin, mock])
    expect([senders.countries('sms'), senders.countries('whatsapp')]).toEqual([{ KE: ['spare-2', 'main'] }, {}])
    const { senders: plan, warnings } = readSettings(env, [plugin, mock])
    expect(describeRoutes(plan)).toBe(
      'sms by main (acme), to KE by spare-2 (acme), then main (acme), whatsapp by nobody',
    )
    expect(warnings).toEqual([])
  })

  test('have their limits by kind, or by their settings', () => {
    const { plugin } = acme()
    const { senders } = open({ ...two, SENDER_MAIN_RATE: '2.5', SENDER_SPARE_2_CONCURRENCY: '9' }, [plugin])
    expect(senders.list().map(({ limits }) => limits)).toEqual([
      { rate: 2.5, unit: 'segment', concurrency: 5, batch: 1 },
      { rate: 10, unit: 'segment', concurrency: 9, batch: 1 },
    ])
  })

  test('give a call as long as their kind does, or as their settings say', () => {
    const { plugin } = acme()
    const { senders } = open({ ...two, SENDER_MAIN_TIMEOUT_MS: '2500' }, [plugin])
    expect(senders.list().map(({ timeoutMs }) => timeoutMs)).toEqual([2500, 1])
  })

  test('give a call as long as their settings say where the kind has such a setting itself', () => {
    const { senders } = open({ SENDERS: 'main:http', SENDER_MAIN_URL: url, SENDER_MAIN_TIMEOUT_MS: '2500' })
    expect(senders.get('main')?.timeoutMs).toBe(2500)
  })

  test('take another meaning of a code from their settings', () => {
    const { plugin, uses } = acme()
    open({ ...two, SENDER_MAIN_CODES: '77=later, 88=opted_out' }, [plugin])
    expect(uses[0]?.outcomeOf(88)).toMatchObject({ kind: 'rejected', about: 'opt_out', providerCode: '88' })
    expect(uses[1]?.outcomeOf(88)).toMatchObject({ kind: 'rejected', permanent: true, providerCode: '88' })
  })

  test.each([
    [{ SENDERS: 'main' }, 'SENDERS has "main": it is not a name and a kind. Write name:kind, such as main:twilio.'],
    [{ SENDERS: 'Main:acme' }, 'SENDERS has "Main:acme": a name has small letters'],
    [{ ...two, SENDERS: 'main:acme,main:acme' }, 'SENDERS has "main:acme": the name "main" is taken'],
    [{ ...two, SENDERS: 'a-b:acme,a-b2:acm' }, 'did you mean acme?'],
    [
      { SENDERS: 'main:acme' },
      'SENDER_MAIN_API_KEY is not set, but SENDERS=main:acme needs it. Set SENDER_MAIN_API_KEY.',
    ],
    [{ ...two, SENDER_MAIN_RATE: '0' }, 'SENDER_MAIN_RATE="0" is not allowed: expected a number from 0.01 to 100000'],
    [
      { ...two, SENDER_MAIN_TIMEOUT_MS: '0' },
      'SENDER_MAIN_TIMEOUT_MS="0" is not allowed: expected a whole number from 1 to 600000',
    ],
    [{ ...two, SENDER_MAIN_CODES: '77' }, 'SENDER_MAIN_CODES has "77": expected code=meaning'],
    [{ ...two, SMS_ROUTE: 'other' }, 'SMS_ROUTE names "other", which SENDERS does not have'],
    [{ ...two, SMS_ROUTE_KE: 'main,other' }, 'SMS_ROUTE_KE names "other", which SENDERS does not have'],
    [{ SMS_ROUTE_KE: 'main' }, 'SMS_ROUTE_KE names "main", which SENDERS does not have'],
    [
      { ...two, SMS_ROUTE_UK: 'main' },
      'SMS_ROUTE_UK is for no country: it must end in the code of one, such as SMS_ROUTE_KE. Rename it.',
    ],
    [{ ...two, SMS_ROUTE_ke: 'main' }, 'SMS_ROUTE_ke is for no country'],
  ])('refuse %j with a line that says what to do', (env, line) => {
    const { plugin } = acme()
    expect(() => open(env as Record<string, string>, [plugin])).toThrow(line)
  })

  test('never show a secret that is wrong', () => {
    const { plugin } = acme()
    expect(() => open({ ...two, SENDER_MAIN_RATE: 'x' }, [plugin])).not.toThrow(/k1|k2/)
  })

  test('a variable that is spelt wrong is warned of', () => {
    const { plugin } = acme()
    const { warnings } = readSettings({ ...two, SENDER_MAIN_API_KEYS: 'x' }, [plugin])
    expect(warnings).toEqual([
      'SENDER_MAIN_API_KEYS is not a setting and does nothing: did you mean SENDER_MAIN_API_KEY?',
    ])
  })
})

test('senderKindsOf() refuses a kind that two plugins bring', () => {
  expect(() => senderKindsOf([mock, { ...acme().plugin, senders: mock.senders } as AnyPlugin])).toThrow(
    'Kind of sender "mock" of plugin "acme" is taken by plugin "mock"',
  )
})
