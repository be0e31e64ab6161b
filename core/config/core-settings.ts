/** The settings that belong to no plugin, with their defaults, limits and one-line explanations. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'

const url = (schemes: string, allowed: string, description: string) =>
  t.Optional(t.String({ pattern: `^(${schemes})://[^\\s/]+\\S*$`, allowed, secret: true, description }))

/** For plugins that work on an API, which need not be that of their process. */
export const apiUrlSetting = t.Optional(
  t.String({
    env: 'API_URL',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    description: 'API that the web console uses; if not set, that of its own process',
  }),
)

export const coreSchema = t.Object({
  port: t.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port of the API; 0 picks a free one' }),
  host: t.String({
    default: '127.0.0.1',
    pattern: '^[A-Za-z0-9.:_-]+$',
    allowed: 'a host name or an IP address',
    description: 'Address that the API listens on; API_KEYS is required if other machines can reach it',
  }),
  apiKeys: t.Optional(
    t.String({
      pattern: '^ *[!-+\\--~]{16,} *(, *[!-+\\--~]{16,} *)*$',
      allowed: 'keys of at least 16 ASCII characters without spaces, with commas between them',
      secret: true,
      description: 'Keys, of which each caller must send one; without any, callers on this machine need none',
    }),
  ),
  plugins: t.String({
    default: 'all',
    allowed: 'all, or names of plugins, paths and packages with commas between them',
    description:
      'Plugins that this process runs, separated by commas; besides those built in, paths such as ./hello/plugin.ts and packages',
  }),
  grants: t.Optional(
    t.String({
      allowed: 'plugin=grant,grant with ; between plugins',
      description:
        'What plugins from outside may do, such as hello=clock,tables:own;birthday=net:api.example.org; a start without a grant that is needed says what to set',
    }),
  ),
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
      'Seconds that /health/ready says "not ready" after SIGTERM before the ports close; at least the time that a load balancer takes to notice',
  }),
})
export type CoreSettings = Static<typeof coreSchema>
