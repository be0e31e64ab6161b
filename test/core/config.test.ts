import { describe, expect, test } from 'bun:test'
import { t } from 'elysia'
import { BootError } from '../../core/errors.ts'
import { definePlugin } from '../../core/host/plugin.ts'
import { describeSettings, readSettings } from '../../core/messaging/settings.ts'
import { http } from '../../plugins/http/plugin.ts'
import { mock } from '../../plugins/mock/plugin.ts'

const worker = definePlugin({
  name: 'worker',
  needs: {},
  config: t.Object({
    leaseSeconds: t.Integer({ default: 30, minimum: 5, maximum: 600, description: 'Length of a lease' }),
    window: t.Integer({ default: 64, minimum: 1 }),
    retainContent: t.Boolean({ default: true, env: 'RETAIN_CONTENT' }),
    token: t.Optional(t.String({ secret: true, pattern: '^[a-z]+$' })),
  }),
})
const stats = definePlugin({ name: 'stats', needs: {} })
const plugins = [worker, stats, mock, http]

/** The lines that refuse `env`. */
function refusal(env: Record<string, string>): string[] {
  try {
    readSettings(env, plugins)
  } catch (error) {
    expect(error).toBeInstanceOf(BootError)
    return (error as BootError).message.split('\n')
  }
  return []
}

describe('readSettings()', () => {
  test('gives every setting its default', () => {
    const { core, enabled, config, warnings } = readSettings({}, plugins)
    expect(core).toEqual({
      port: 8080,
      host: '127.0.0.1',
      plugins: 'all',
      dataDir: './data',
      logLevel: 'info',
      sampleData: true,
      drainSeconds: 10,
      drainNoticeSeconds: 2,
      defaultCountry: 'KE',
      defaultLanguage: 'en',
      smsSender: 'mock',
      whatsappSender: 'mock',
    })
    expect(enabled).toEqual(['worker', 'stats', 'mock', 'http'])
    expect(config).toEqual({
      worker: { leaseSeconds: 30, window: 64, retainContent: true },
      stats: {},
      mock: { successRate: 0.95, latencyMs: 0, receipts: true },
      http: { timeoutMs: 10_000 },
    })
    expect(warnings).toEqual([])
  })

  test('reads core and plugin settings from their variables', () => {
    const { core, enabled, config } = readSettings(
      {
        PORT: '0',
        PLUGINS: 'stats, worker',
        DATABASE_URL: 'postgres://u:p@db:5432/x',
        SAMPLE_DATA: 'off',
        MOCK_SUCCESS_RATE: '0.5',
        MOCK_SEED: '7',
        SMS_SENDER: 'http',
        HTTP_SENDER_URL: 'https://sms.example/send',
        WORKER_LEASE_SECONDS: '5',
        RETAIN_CONTENT: 'off',
      },
      plugins,
    )
    expect(core).toMatchObject({
      port: 0,
      databaseUrl: 'postgres://u:p@db:5432/x',
      sampleData: false,
      smsSender: 'http',
    })
    expect(config.mock).toMatchObject({ successRate: 0.5, seed: 7 })
    expect(config.http).toMatchObject({ url: 'https://sms.example/send' })
    // Naming a kind of sender switches the plugin on that brings it.
    expect(enabled).toEqual(['stats', 'worker', 'http', 'mock'])
    expect(config.worker).toEqual({ leaseSeconds: 5, window: 64, retainContent: false })
  })

  test.each(['', ' ', '\t'])('counts %j as not set', (blank) => {
    const { core } = readSettings({ PORT: blank, DATABASE_URL: blank, LOG_LEVEL: blank, PLUGINS: blank }, plugins)
    expect(core).toMatchObject({ port: 8080, logLevel: 'info', plugins: 'all' })
    expect(core).not.toHaveProperty('databaseUrl')
  })

  const numbers = [
    '8080abc',
    ' 80',
    '80 ',
    '1e3',
    '0x10',
    '080',
    '+80',
    '80.0',
    '80.5',
    '-1',
    '65536',
    '٣',
    'NaN',
    '-0',
  ]
  test.each(numbers)('refuses PORT=%j', (text) => {
    expect(refusal({ PORT: text })).toEqual([
      `PORT=${JSON.stringify(text)} is not allowed: expected a whole number from 0 to 65535. ` +
        'Correct PORT, or remove it to use 8080.',
    ])
  })

  test.each([
    ['MOCK_SUCCESS_RATE', '1.01', 'a number from 0 to 1'],
    ['MOCK_SUCCESS_RATE', '.5', 'a number from 0 to 1'],
    ['SAMPLE_DATA', 'true', 'on or off'],
    ['SMS_SENDER', 'twilio', 'mock or http'],
    ['LOG_LEVEL', 'INFO', 'trace, debug, info, warn, error, fatal or silent'],
    ['DEFAULT_COUNTRY', 'Kenya', 'a country code of two capital letters'],
    ['DEFAULT_COUNTRY', 'ZZ', 'the code of a country'],
    ['HOST', 'a b', 'a host name or an IP address'],
    ['WORKER_LEASE_SECONDS', '4', 'a whole number from 5 to 600'],
    ['WORKER_WINDOW', '0', 'a whole number, at least 1'],
    ['PLUGINS', 'worker,stat', 'all, or some of worker, stats, mock, http, each once'],
    ['PLUGINS', 'worker,worker', 'all, or some of worker, stats, mock, http, each once'],
    ['PLUGINS', 'worker,', 'all, or some of worker, stats, mock, http, each once'],
  ])('refuses %s=%j', (name, text, expected) => {
    const lines = refusal({ [name]: text })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toStartWith(`${name}=${JSON.stringify(text)} is not allowed: expected ${expected}`)
  })

  test('reports every bad setting at once, a line each', () => {
    const lines = refusal({
      PORT: 'x\ny',
      LOG_LEVEL: 'loud',
      WORKER_WINDOW: '1.5',
      PLUGINS: 'nope',
      SMS_SENDER: 'http',
    })
    expect(lines.map((line) => line.split(/[= ]/)[0]).sort()).toEqual([
      'HTTP_SENDER_URL',
      'LOG_LEVEL',
      'PLUGINS',
      'PORT',
      'WORKER_WINDOW',
    ])
  })

  test('never shows a secret', () => {
    const lines = refusal({
      DATABASE_URL: 'mysql://me:hunter2@db/x',
      HTTP_SENDER_URL: 'ftp://hunter2',
      WORKER_TOKEN: 'hunter2',
    })
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toContain('hunter2')
    expect(lines[0]).toBe(
      'DATABASE_URL (its value is not shown) is not allowed: expected a postgres:// URL. Correct DATABASE_URL, or remove it.',
    )
  })

  test('shortens a long value', () => {
    expect(refusal({ LOG_LEVEL: 'x'.repeat(5_000) })[0]?.length).toBeLessThan(250)
  })

  test('needs HTTP_SENDER_URL for an http sender only', () => {
    expect(refusal({ WHATSAPP_SENDER: 'http' })).toEqual([
      'HTTP_SENDER_URL is not set, but WHATSAPP_SENDER=http needs it. Set HTTP_SENDER_URL.',
    ])
    expect(refusal({ WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: 'http://localhost:1/x' })).toEqual([])
    expect(refusal({ HTTP_SENDER_URL: 'http://' })).toHaveLength(1)
  })

  test('a plugin setting without a default is required', () => {
    const sms = definePlugin({ name: 'sms', needs: {}, config: t.Object({ apiKey: t.String() }) })
    expect(() => readSettings({}, [sms])).toThrow('SMS_API_KEY is not set: expected text. Set SMS_API_KEY.')
  })

  test('a variable that two of them read is refused once and described once', () => {
    const country = t.String({ default: 'KE', pattern: '^[A-Z]{2}$', env: 'DEFAULT_COUNTRY' })
    const customers = definePlugin({ name: 'customers', needs: {}, config: t.Object({ country }) })
    expect(() => readSettings({ DEFAULT_COUNTRY: 'k' }, [customers])).toThrow(/^DEFAULT_COUNTRY="k" is not.*[^\n]$/)
    expect(readSettings({ DEFAULT_COUNTRY: 'UG' }, [customers])).toMatchObject({
      core: { defaultCountry: 'UG' },
      config: { customers: { country: 'UG' } },
    })
    expect(describeSettings([customers]).filter(({ name }) => name === 'DEFAULT_COUNTRY')).toHaveLength(1)
  })

  test.each([
    ['WORKER_WINDOWS', 'WORKER_WINDOW'],
    ['DATABASEURL', 'DATABASE_URL'],
    ['PORTS', 'PORT'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ])('warns about %s, which resembles %s', (name, meant) => {
    const { warnings } = readSettings({ [name]: 'hunter2' }, plugins)
    expect(warnings).toEqual([`${name} is not a setting and does nothing: did you mean ${meant}?`])
  })

  test('is silent about variables of other programs', () => {
    const env = {
      HOME: '/',
      PATH: '/bin',
      HOSTNAME: 'x',
      TERM: 'x',
      PWD: '/',
      NODE_ENV: 'x',
      DATABASE: 'x',
      EDITOR: 'x',
    }
    expect(readSettings(env, plugins).warnings).toEqual([])
  })

  const API_KEYS = 'a-key-of-the-tests-1, another/key+of~tests=='

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', '::1'])('needs no API_KEYS for HOST=%s', (HOST) => {
    expect(readSettings({ HOST }, plugins).warnings).toEqual([])
  })

  test.each(['0.0.0.0', '::', '192.168.1.2', '128.0.0.1', 'example.com', 'localhost.example.com', '127.example.com'])(
    'needs API_KEYS for HOST=%s',
    (HOST) => {
      const line = `API_KEYS is not set, but HOST=${HOST} lets other machines in. Set API_KEYS, or remove HOST to use 127.0.0.1.`
      expect(refusal({ HOST })).toEqual([line])
      expect(refusal({ HOST, API_KEYS: ' ' })).toEqual([line])
      expect(readSettings({ HOST, API_KEYS }, plugins).core.apiKeys).toBe(API_KEYS)
    },
  )

  test.each([
    'only-15-letters',
    'a-key-of-the-tests-1,short',
    'a-key-of-the-tests-1,',
    ',a-key-of-the-tests-1',
    'a key of the tests 1',
    'ein-schlüssel-der-tests',
    'a-key-of-the\n-tests-1',
  ])('refuses API_KEYS=%j without showing it', (text) => {
    expect(refusal({ API_KEYS: text, HOST: '0.0.0.0' })).toEqual([
      'API_KEYS (its value is not shown) is not allowed: expected keys of at least 16 ASCII characters without spaces, ' +
        'separated by commas. Correct API_KEYS, or remove it.',
    ])
  })
})

test('describeSettings() lists every setting with what it needs to be understood', () => {
  const settings = describeSettings(plugins)
  expect(settings.find(({ name }) => name === 'WORKER_LEASE_SECONDS')).toEqual({
    name: 'WORKER_LEASE_SECONDS',
    owner: 'worker',
    default: '30',
    description: 'Length of a lease',
    allowed: 'a whole number from 5 to 600',
  })
  for (const { owner, description, allowed } of settings.filter(({ owner }) => owner === ''))
    expect({ owner, complete: description.length > 10 && allowed.length > 3 }).toEqual({ owner, complete: true })
})
