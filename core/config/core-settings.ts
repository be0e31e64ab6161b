/** The settings that belong to no plugin, with their defaults, limits and one-line explanations. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'

const url = (schemes: string, allowed: string, description: string) =>
  t.Optional(t.String({ pattern: `^(${schemes})://[^\\s/]+\\S*$`, allowed, secret: true, description }))

/** For plugins that call an API, which need not be that of their process. */
export const apiUrlSetting = t.Optional(
  t.String({
    env: 'API_URL',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    description: 'URL of the API that the web console uses; default: the API of its own process',
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
      allowed: 'keys of at least 16 ASCII characters without spaces, separated by commas',
      secret: true,
      description: 'API keys; every caller must send one of them. Without keys, the API serves this machine only',
    }),
  ),
  plugins: t.String({
    default: 'all',
    allowed: 'all, or names, paths and packages of plugins, separated by commas',
    description:
      'Plugins that this process runs: names of built-in plugins, paths such as ./hello/plugin.ts, or names of packages',
  }),
  grants: t.Optional(
    t.String({
      allowed: 'plugin=grant,grant for each plugin, separated by semicolons',
      description:
        'Permissions of external plugins, such as hello=clock,tables:own;birthday=net:api.example.org; if one is missing, the error shows the value to set',
    }),
  ),
  dataDir: t.String({ default: './data', allowed: 'a path', description: 'Folder of the embedded database' }),
  databaseUrl: url(
    'postgres|postgresql',
    'a postgres:// URL',
    'PostgreSQL database to use instead of the embedded one: postgres://user:password@host:5432/name',
  ),
  databaseDirectUrl: url(
    'postgres|postgresql',
    'a postgres:// URL',
    'The same database without a pooler, for migrations and LISTEN; required if DATABASE_URL points to PgBouncer in transaction mode',
  ),
  rabbitmqUrl: url(
    'amqps?',
    'an amqp:// or amqps:// URL',
    'RabbitMQ server to use as the queue instead of the database: amqp://user:password@host:5672/vhost',
  ),
  logLevel: t.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((level) => t.Literal(level)),
    { default: 'info', description: 'Minimum severity of log lines; debug includes phone numbers and texts' },
  ),
  drainSeconds: t.Integer({
    default: 10,
    minimum: 0,
    maximum: 3600,
    description: 'Seconds that work in flight may take to finish when the process is told to stop',
  }),
  drainNoticeSeconds: t.Integer({
    default: 2,
    minimum: 0,
    maximum: 3600,
    description:
      'Seconds from SIGTERM, when /health/ready turns "not ready", until the ports close; at least as long as a load balancer takes to notice',
  }),
})
export type CoreSettings = Static<typeof coreSchema>
