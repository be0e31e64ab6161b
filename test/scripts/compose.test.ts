/** docker-compose.yml and the Dockerfile, as far as it can be told without Docker. */
import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { describeSettings, readSettings } from '../../core/config.ts'
import { plugins } from '../../plugins/index.ts'
import { interpolate, listServices, readCompose } from '../../scripts/cluster/compose.ts'

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
  ports: maybe(Type.Array(Type.String())),
  volumes: maybe(Type.Array(Type.String({ pattern: '^\\w+:/' }))),
  stop_grace_period: maybe(duration),
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
    expect([...running].toSorted()).toEqual(plugins.map(({ name }) => name).toSorted())
  })

  test('lets one process be reached from outside, and only with a key', () => {
    const open = Object.entries(compose.services).filter(([, { ports }]) => ports)
    expect(open.map(([name]) => name)).toEqual(['api'])
    expect(ours.filter(({ environment }) => environment.HOST).map(({ name }) => name)).toEqual(['api'])
    expect(() => listServices({})).toThrow('API_KEYS is not set: Set API_KEYS, in the environment or in .env')
  })

  test('gives a process longer to stop than its drain deadline', () => {
    const { drainSeconds } = readSettings({}, plugins).core
    for (const name of ['api', 'scheduler', 'worker'])
      expect(Number.parseInt(compose.services[name]?.stop_grace_period ?? '0', 10)).toBeGreaterThan(drainSeconds)
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
