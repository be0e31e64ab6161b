/** The settings that belong to no plugin, with their defaults, limits and one-line explanations. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'
import { BootError } from '../errors.ts'
import { type CountryCode, isCountry } from '../messaging/text/phone.ts'

const sender = (channel: string, note: string) =>
  t.Union([t.Literal('mock'), t.Literal('http')], { default: 'mock', description: `What carries ${channel}: ${note}` })
const url = (schemes: string, allowed: string, description: string) =>
  t.Optional(t.String({ pattern: `^(${schemes})://[^\\s/]+\\S*$`, allowed, secret: true, description }))

/** For plugins that work on an API, which need not be that of their process. */
export const apiUrlSetting = t.Optional(
  t.String({
    env: 'API_URL',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    description: 'API that the web console works on; if not set, that of its own process',
  }),
)

const idempotent = (channel: string) =>
  t.Optional(
    t.Boolean({
      description: `Whether what carries ${channel} delivers once when it is called twice with one Idempotency-Key; where it is not set: on for mock, off for http`,
    }),
  )

/** For plugins that read phone numbers. */
export const countrySetting = t.String({
  default: 'KE',
  pattern: '^[A-Z]{2}$',
  env: 'DEFAULT_COUNTRY',
  allowed: 'a country code of two capital letters, such as KE',
  description: 'Country of phone numbers that are written without one',
})

/** @throws BootError for a code that is no country's */
export function requireCountry(code: string): CountryCode {
  if (isCountry(code)) return code
  throw new BootError(`DEFAULT_COUNTRY="${code}" is not allowed: expected the code of a country, such as KE`)
}

export const coreSchema = t.Object({
  port: t.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port of the API; 0 takes any free one' }),
  host: t.String({
    default: '127.0.0.1',
    pattern: '^[A-Za-z0-9.:_-]+$',
    allowed: 'a host name or an IP address',
    description: 'Address that the API listens on; one that other machines can reach needs API_KEYS',
  }),
  apiKeys: t.Optional(
    t.String({
      pattern: '^ *[!-+\\--~]{16,} *(, *[!-+\\--~]{16,} *)*$',
      allowed: 'keys of at least 16 ASCII characters without spaces, with commas between them',
      secret: true,
      description: 'Keys of which every caller must show one; without any, callers on this machine need none',
    }),
  ),
  plugins: t.String({
    default: 'all',
    allowed: 'all, or names of plugins with commas between them',
    description: 'Plugins that this process runs, with commas between them',
  }),
  dataDir: t.String({ default: './data', allowed: 'a path', description: 'Folder of the embedded database' }),
  databaseUrl: url(
    'postgres|postgresql',
    'a postgres:// URL',
    'Postgres to use in place of the embedded database: postgres://user:password@host:5432/name',
  ),
  databaseDirectUrl: url(
    'postgres|postgresql',
    'a postgres:// URL',
    'The same database without a pooler, for migrations and LISTEN; needed where DATABASE_URL leads to PgBouncer in transaction mode',
  ),
  rabbitmqUrl: url(
    'amqps?',
    'an amqp:// or amqps:// URL',
    'RabbitMQ to use as the queue in place of the database: amqp://user:password@host:5672/vhost',
  ),
  logLevel: t.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((level) => t.Literal(level)),
    { default: 'info', description: 'Least severe log lines to write; debug shows phone numbers and texts' },
  ),
  sampleData: t.Boolean({ default: true, description: 'Fill an empty embedded database with sample data' }),
  drainSeconds: t.Integer({
    default: 10,
    minimum: 0,
    maximum: 3600,
    description: 'Seconds for work in flight to finish when the process is asked to stop',
  }),
  drainNoticeSeconds: t.Integer({
    default: 2,
    minimum: 0,
    maximum: 3600,
    description:
      'Seconds that /health/ready says "not ready" after SIGTERM before the ports close; at least what a load balancer takes to see it',
  }),
  defaultCountry: countrySetting,
  smsSender: sender('SMS', 'mock sends nothing, http posts to HTTP_SENDER_URL'),
  whatsappSender: sender('WhatsApp', 'mock sends nothing, http posts to HTTP_SENDER_URL'),
  smsIdempotent: idempotent('SMS'),
  whatsappIdempotent: idempotent('WhatsApp'),
  mockSuccessRate: t.Number({
    default: 0.95,
    minimum: 0,
    maximum: 1,
    description: 'Share of messages that the mock sender accepts',
  }),
  mockLatencyMs: t.Integer({
    default: 0,
    minimum: 0,
    maximum: 600_000,
    description: 'Milliseconds that the mock sender takes for a message',
  }),
  mockSeed: t.Optional(
    t.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      description: 'Makes the mock sender refuse the same messages each time',
    }),
  ),
  httpSenderUrl: url('https?', 'an http:// or https:// URL', 'Where the http sender posts each message'),
  httpSenderTimeoutMs: t.Integer({
    default: 10_000,
    minimum: 1,
    maximum: 600_000,
    description: 'Milliseconds after which a message counts as unknown to the http sender',
  }),
})
export type CoreSettings = Static<typeof coreSchema>
