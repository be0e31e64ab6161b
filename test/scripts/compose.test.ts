/** docker-compose.yml and the Dockerfile, as far as it can be told without Docker. */
import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { describeSettings, readSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { interpolate, listServices, readCompose } from '../../scripts/cluster/compose.ts'
import { clusterEnvironment } from '../../scripts/cluster/environment.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8')

/** The keys of the Compose specification that are used here, and nothing besides: a misspelt one does nothing. */
const exact = (properties: Record<string, TSchema>) => Type.Object(properties, { additionalProperties: false })
const maybe = Type.Optional
const duration = Type.String({ pattern: '^\\d+[smh]$' })
const service = exact({
  image: Type.String(),
  build: maybe(Type.String()),
  command: maybe(Type.Array(Type.String())),
  hostname: maybe(Type.String()),
  init: maybe(Type.Boolean()),
  restart: Type.Union([Type.Literal('unless-stopped'), Type.Literal('on-failure')]),
  environment: Type.Record(Type.String({ pattern: '^[A-Z_]+$' }), Type.String()),
  env_file: maybe(Type.Array(exact({ path: Type.Literal('.env'), required: Type.Literal(false) }))),
  ports: maybe(Type.Array(Type.String())),
  volumes: maybe(Type.Array(Type.String({ pattern: '^\\w+:/' }))),
  stop_grace_period: maybe(Type.String({ pattern: '^\\$\\{STOP_GRACE_PERIOD:-\\d+s\\}$' })),
  depends_on: maybe(
    Type.Record(
      Type.String(),
      exact({
        condition: Type.Union([Type.Literal('service_healthy'), Type.Literal('service_completed_successfully')]),
      }),
    ),
  ),
  healthcheck: maybe(
    exact({
      test: Type.Array(Type.String(), { minItems: 2 }),
      interval: duration,
      timeout: duration,
      start_period: maybe(duration),
      retries: Type.Integer({ minimum: 1 }),
    }),
  ),
})
const composeFile = Type.Object({
  services: Type.Record(Type.String({ pattern: '^[a-z]+$' }), service),
  volumes: Type.Record(Type.String(), Type.Null()),
})

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly healthcheck?: object
        readonly volumes?: readonly string[]
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
        readonly ports?: readonly string[]
        readonly stop_grace_period?: string
      }
    >
  >
  readonly volumes: Readonly<Record<string, null>>
}

const compose = readCompose() as Compose
const key = 'a-key-that-is-long-enough'
const listed = listServices({ API_KEYS: key })
const ours = listed.filter(({ image }) => image === 'campaign-dispatch')

describe('docker-compose.yml', () => {
  test('has the form of a Compose file', () => {
    expect([...Value.Errors(composeFile, compose)].map(({ path, message }) => `${path} ${message}`)).toEqual([])
  })

  test('has its services, and checks the health of each that stays', () => {
    expect(Object.keys(compose.services)).toEqual(['db', 'rabbitmq', 'migrate', 'api', 'scheduler', 'worker'])
    const unchecked = Object.entries(compose.services).filter(([, one]) => !one.healthcheck)
    expect(unchecked.map(([name]) => name)).toEqual(['migrate'])
  })

  test('waits only for what there is: for the health of what has a check, for the end of what ends', () => {
    for (const { depends_on = {} } of Object.values(compose.services))
      for (const [name, { condition }] of Object.entries(depends_on))
        expect(condition).toBe(
          compose.services[name]?.healthcheck ? 'service_healthy' : 'service_completed_successfully',
        )
    const volumes = Object.values(compose.services).flatMap((one) => one.volumes ?? [])
    expect(volumes.map((one) => one.split(':')[0])).toEqual(Object.keys(compose.volumes))
  })

  test('gives each process settings that exist and are allowed, and every plugin to some process', () => {
    const known = describeSettings(plugins).map(({ name }) => name)
    const running = new Set<string>()
    for (const { environment } of ours) {
      expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([])
      const { core, enabled, warnings } = readSettings(environment, plugins)
      expect({ warnings, database: core.databaseUrl, broker: core.rabbitmqUrl }).toEqual({
        warnings: [],
        database: 'postgres://campaign:campaign@db:5432/campaign',
        broker: 'amqp://campaign:campaign@rabbitmq:5672',
      })
      if (environment.PLUGINS) for (const name of enabled) running.add(name)
    }
    // A plugin that brings senders is switched on by the setting that names one.
    const named = plugins.filter((plugin) => !('senders' in plugin)).map(({ name }) => name)
    expect([...running].filter((name) => !ofAll.has(name)).toSorted()).toEqual(named.toSorted())
  })

  /** Settings that docker-compose.yml decides itself: all others come from the environment or .env. */
  const decided = [
    'DATABASE_URL',
    'DATABASE_DIRECT_URL',
    'RABBITMQ_URL',
    'PLUGINS',
    'HOST',
    'PORT',
    'CONSOLE_PORT',
    'DATA_DIR',
  ]
  const settings = describeSettings(plugins).filter(({ name }) => !decided.includes(name))

  /** Owners of settings that every process reads: it opens its senders, whatever else it runs. */
  const ofAll = new Set(['', ...plugins.filter((plugin) => 'senders' in plugin).map(({ name }) => name)])

  test.each(settings.map(({ name, owner }) => [name, owner] as const))(
    'passes %s on to every process that uses it, as does the cluster',
    (name, owner) => {
      const given = { API_KEYS: key, [name]: `given-${name}` }
      const using = listServices(given).filter(
        ({ image, environment: { PLUGINS } }) =>
          image === 'campaign-dispatch' && (ofAll.has(owner) || PLUGINS?.split(',').includes(owner)),
      )
      // The migration and the processes without an API let nobody in.
      const meant = name === 'API_KEYS' ? using.filter((one) => one.name === 'api') : using
      expect(meant.length).toBeGreaterThan(0)
      for (const service of meant) {
        expect([service.name, service.environment[name]]).toEqual([service.name, `given-${name}`])
        const servers = { databaseUrl: 'postgres://cluster/db', rabbitmqUrl: 'amqp://cluster' }
        expect(clusterEnvironment(service, given, servers)[name]).toBe(`given-${name}`)
      }
    },
  )

  test('what it decides itself are settings, and no others', () => {
    const known = describeSettings(plugins).map(({ name }) => name)
    expect(decided.filter((name) => !known.includes(name))).toEqual([])
  })

  test('the cluster listens on the loopback, and where HOST, PORT and CONSOLE_PORT say', () => {
    const servers = { databaseUrl: 'postgres://127.0.0.1:1/postgres', rabbitmqUrl: 'amqp://127.0.0.1:2' }
    const places = (name: string, variables: Record<string, string>) => {
      const service = listServices({ API_KEYS: key, ...variables }).find((one) => one.name === name)
      if (!service) throw new Error(`There is no service ${name}`)
      const environment = clusterEnvironment(service, { API_KEYS: key, ...variables }, servers)
      const { core } = readSettings(environment, plugins)
      return [core.host, core.port, environment.CONSOLE_PORT, core.databaseUrl, core.rabbitmqUrl].map(String)
    }
    const own = [servers.databaseUrl, servers.rabbitmqUrl]
    expect(places('api', {})).toEqual(['127.0.0.1', '8080', '3001', ...own])
    const given = { HOST: '192.0.2.7', PORT: '9000', CONSOLE_PORT: '9001', DATABASE_URL: 'postgres://elsewhere/db' }
    expect(places('api', given)).toEqual(['192.0.2.7', '9000', '9001', ...own])
    expect(places('worker', given)).toEqual(['127.0.0.1', '0', 'undefined', ...own])
  })

  test('lets one process be reached from outside, and only with a key', () => {
    const open = Object.entries(compose.services).filter(([, { ports }]) => ports)
    expect(open.map(([name]) => name)).toEqual(['api'])
    expect(ours.filter(({ environment }) => environment.HOST).map(({ name }) => name)).toEqual(['api'])
    expect(() => listServices({})).toThrow('API_KEYS is not set: Set API_KEYS, in the environment or in .env')
  })

  test('gives a process longer to stop than its drain deadline', () => {
    const { drainSeconds } = readSettings({}, plugins).core
    for (const name of ['api', 'scheduler', 'worker']) {
      const period = interpolate(compose.services[name]?.stop_grace_period ?? '0', {})
      expect(Number.parseInt(period, 10)).toBeGreaterThan(drainSeconds)
    }
  })
})

test('interpolate() puts in a value, a default, or refuses', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so they are written in a Compose file
  const text = 'a ${A} b ${B:-none} c ${C:?needed}'
  expect(interpolate(text, { A: '1', B: '2', C: '3' })).toBe('a 1 b 2 c 3')
  expect(interpolate(text, { B: '', C: '3' })).toBe('a  b none c 3')
  expect(() => interpolate(text, {})).toThrow('C is not set: needed')
})

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile')

  test('runs the pinned Bun, not as root, with what the image needs', () => {
    const { packageManager } = JSON.parse(read('package.json'))
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(bases).toEqual(Array<string>(2).fill(`oven/${packageManager.replace('@', ':')}-slim`))
    expect(dockerfile).toMatch(/^USER bun$/m)
  })

  test('bundles the console when the image is built', () => {
    expect(dockerfile).toMatch(/^COPY scripts scripts\n(?:.*\n)*RUN bun scripts\/bundle-console\.ts$/m)
  })

  test('copies what there is, and nothing that .dockerignore keeps out', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
    const allowed =
      read('.dockerignore')
        .match(/^!\S+/gm)
        ?.map((line) => line.slice(1)) ?? []
    expect([...new Set(copied)].toSorted()).toEqual(allowed.toSorted())
    expect(copied.filter((file) => !existsSync(root + file))).toEqual([])
  })
})
