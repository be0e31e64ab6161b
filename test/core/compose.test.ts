import { describe, expect, test } from 'bun:test'
import { type AnyElysia, Elysia, t } from 'elysia'
import { BootError } from '../../core/errors.ts'
import { compose, describePlugins } from '../../core/host/compose.ts'
import { type AnyPlugin, definePlugin, type Needs } from '../../core/host/plugin.ts'
import { hiddenRoute } from '../../core/http/route.ts'
import { readSettings, settingsSchema } from '../../core/messaging/settings.ts'
import { plugins as shipped } from '../../plugins/index.ts'
import { settled } from '../support/clock.ts'
import { inertResources } from '../support/inert.ts'

const base = () => new Elysia().onError({ as: 'global' }, ({ code }) => new Response(`error ${code}`))
const open = { detail: hiddenRoute({ open: true }) }
const untilStopped = (stop: AbortSignal) =>
  new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))

const letters = definePlugin({
  name: 'letters',
  needs: { clock: true },
  config: t.Object({ size: t.Integer({ default: 3 }) }),
  routes: ({ config }) =>
    new Elysia({ prefix: '/letters' }).get('/', () => config.size, open).get('/:id', ({ params }) => params.id, open),
  loops: () => ({ post: untilStopped }),
})
const digits = definePlugin({
  name: 'digits',
  needs: { loops: true },
  routes: ({ loops }) =>
    new Elysia().get('/digits', () => loops().map(({ plugin, loop, state }) => ({ plugin, loop, state })), open),
  loops: () => ({ count: untilStopped, add: untilStopped }),
})
const config = { letters: { size: 3 } }
const options = { base: base(), config, settings: settingsSchema, drainMs: 1000 }

function openApp<const P extends readonly AnyPlugin[]>(
  plugins: P,
  changes: Partial<Parameters<typeof compose>[2]> = {},
) {
  const { resources } = inertResources()
  return compose(plugins, resources, { ...options, base: base(), ...changes })
}
const get = async (app: { readonly server: AnyElysia }, path: string) =>
  (await app.server.handle(new Request(`http://localhost${path}`))).text()

const plugin = (name: string, needs: object = {}, routes?: () => AnyElysia) =>
  definePlugin({ name, needs: needs as Needs, ...(routes ? { routes } : {}) })

/** The lines with which `plugins` are refused. */
function refusal(plugins: readonly AnyPlugin[], changes: Partial<Parameters<typeof compose>[2]> = {}): string[] {
  try {
    openApp(plugins, changes)
  } catch (error) {
    expect(error).toBeInstanceOf(BootError)
    return (error as BootError).message.split('\n')
  }
  return []
}

describe('compose()', () => {
  test('mounts the routes of every plugin, and their types', async () => {
    const app = openApp([letters, digits])
    expect(app.enabled).toEqual(['letters', 'digits'])
    expect(await get(app, '/letters')).toBe('3')
    expect(await get(app, '/letters/x')).toBe('x')
    const routes: (typeof app.server)['~Routes'] extends { letters: object; digits: object } ? true : false = true
    expect(routes).toBe(true)
  })

  test('runs enabled plugins only: the others have no routes, no loops and no grant', async () => {
    let built = 0
    const off = definePlugin({
      name: 'off',
      needs: {},
      routes: () => {
        built++
        return new Elysia().get('/off', () => 'here', open)
      },
    })
    const app = openApp([letters, off, digits], { enabled: ['digits'] })
    expect(app.enabled).toEqual(['digits'])
    expect(await get(app, '/off')).toBe('error NOT_FOUND')
    expect(await get(app, '/letters')).toBe('error NOT_FOUND')
    expect(built).toBe(0)
    expect(app.loops().map(({ loop }) => loop)).toEqual(['count', 'add'])
  })

  test('keeps the order of the list, whatever the order of PLUGINS', () => {
    expect(openApp([letters, digits], { enabled: ['digits', 'letters'] }).enabled).toEqual(['letters', 'digits'])
  })

  test('starts and stops every loop, and shows their states to whoever may see them', async () => {
    const states = async (state: string) =>
      expect(JSON.parse(await get(app, '/digits'))).toEqual([
        { plugin: 'letters', loop: 'post', state },
        { plugin: 'digits', loop: 'count', state },
        { plugin: 'digits', loop: 'add', state },
      ])
    const app = openApp([letters, digits])
    await states('stopped')
    {
      await using running = app
      await running.start()
      await settled()
      await states('running')
    }
    await states('stopped')
    expect(await app.stop()).toEqual([])
  })

  test('answers errors in plugins by the handler of the base server', async () => {
    const broken = definePlugin({
      name: 'broken',
      needs: {},
      routes: () =>
        new Elysia().get(
          '/broken',
          () => {
            throw new Error('x')
          },
          open,
        ),
    })
    expect(await get(openApp([broken]), '/broken')).toBe('error UNKNOWN')
  })
})

describe('compose() refuses', () => {
  const cases: [string, readonly AnyPlugin[], Parameters<typeof refusal>[1], string[]][] = [
    [
      'an unknown plugin',
      [letters],
      { enabled: ['leters'] },
      ['PLUGINS names "leters", which is not a plugin: did you mean "letters"?'],
    ],
    [
      'another unknown plugin',
      [letters],
      { enabled: ['x'] },
      ['PLUGINS names "x", which is not a plugin: use one of letters'],
    ],
    ['a plugin named twice', [letters], { enabled: ['letters', 'letters'] }, ['PLUGINS names "letters" twice']],
    ['two plugins of one name', [digits, plugin('digits')], {}, ['There are two plugins with the name "digits"']],
    [
      'a name that makes no prefix',
      [plugin('my-plugin')],
      {},
      ['Plugin name "my-plugin" is not allowed: it must be lower-case letters and digits'],
    ],
    [
      'an unknown permission',
      [plugin('p', { messagin: ['senders'] })],
      {},
      ['Plugin "p" needs "messagin", which is not a permission: did you mean "messaging"?'],
    ],
    [
      'a part of a service that does not exist',
      [plugin('p', { messaging: ['sender'] })],
      {},
      ['Plugin "p" needs "messaging.sender", which does not exist: did you mean "senders"?'],
    ],
    [
      'a service without its parts',
      [plugin('p', { messaging: true })],
      {},
      [
        'Plugin "p" needs "messaging" without a list of its parts: there are senders, senderStates, work, schedule, control, campaigns, enqueue, dryRun, recipients, receipts, stopLinks, inbound, preview, segments, prices, suppressions, consents, policies',
      ],
    ],
    [
      'one that every object has',
      [plugin('p', { toString: true })],
      {},
      [expect.stringContaining('needs "toString", which is not a permission') as never],
    ],
    [
      'a permission that is not true',
      [plugin('p', { clock: false })],
      {},
      ['Plugin "p" needs "clock" with a value other than true'],
    ],
    [
      'an unknown table',
      [plugin('p', { db: { write: ['outbound_message'] } })],
      {},
      ['Plugin "p" needs the table "outbound_message", which does not exist: did you mean "outbound_messages"?'],
    ],
    [
      'a misspelt kind of access',
      [plugin('p', { db: { reads: ['customers'] } })],
      {},
      ['Plugin "p" needs "db.reads": there are db.read and db.write'],
    ],
    [
      'a site without the permission for it',
      [
        definePlugin({
          name: 'p',
          needs: {},
          site: () => ({ title: 'P', port: 0, setting: 'P', fetch: () => new Response() }),
        }),
      ],
      {},
      ['Plugin "p" has a site, but does not need "listen"'],
    ],
    ['settings that are missing', [letters], { config: {} }, ['Plugin "letters" was given no settings']],
    [
      'two defaults for one variable',
      [
        definePlugin({
          name: 'p',
          needs: {},
          config: t.Object({ a: t.String({ env: 'DEFAULT_COUNTRY', default: 'UG' }) }),
        }),
      ],
      { config: { p: {} } },
      ['DEFAULT_COUNTRY has two defaults, "KE" and "UG"'],
    ],
    [
      'a route that is taken',
      [letters, plugin('p', {}, () => new Elysia().get('/letters/:name', () => '', open))],
      {},
      ['Route GET /letters/:name of plugin "p" is taken by plugin "letters"'],
    ],
    [
      'a route that is taken but for a slash',
      [letters, plugin('p', {}, () => new Elysia().get('/letters', () => '', open))],
      {},
      ['Route GET /letters of plugin "p" is taken by plugin "letters"'],
    ],
    [
      'a route of the server itself',
      [plugin('p', {}, () => new Elysia().get('/docs', () => '', open))],
      { base: new Elysia().get('/docs', () => '') },
      ['Route GET /docs of plugin "p" is taken by the server itself'],
    ],
    [
      'everything that is wrong at once',
      [letters, plugin('p', { clocks: true, db: { read: ['nothing'] } })],
      { enabled: ['letters', 'p', 'q'], config: {} },
      [
        'PLUGINS names "q", which is not a plugin: use one of letters, p',
        expect.stringContaining('"clocks"') as never,
        expect.stringContaining('"nothing"') as never,
        'Plugin "letters" was given no settings',
      ],
    ],
  ]
  test.each(cases)('%s', (_, plugins, changes, lines) => expect(refusal(plugins, changes)).toEqual(lines))

  test('nothing about one path under two methods, or about routes of plugins that are off', () => {
    const post = plugin('post', {}, () => new Elysia().post('/letters', () => '', open))
    const rival = plugin('rival', {}, () => new Elysia().get('/letters', () => '', open))
    expect(refusal([letters, post])).toEqual([])
    expect(refusal([letters, rival], { enabled: ['rival'] })).toEqual([])
  })
})

describe('describePlugins()', () => {
  test('lists permissions, routes and loops', () => {
    expect(describePlugins([letters, digits])).toBe(
      [
        'letters',
        '  may     clock',
        '  routes  GET    /letters',
        '          GET    /letters/:id',
        '  loops   post',
        '',
        'digits',
        '  may     loops',
        '  routes  GET    /digits',
        '  loops   count, add',
      ].join('\n'),
    )
  })

  test('lists every plugin there is without opening anything', () => {
    const text = describePlugins(shipped)
    for (const { name } of shipped) expect(text).toMatch(new RegExp(`^${name}$`, 'm'))
  })
})

test('the plugins there are go together', () => {
  expect(refusal(shipped, { config: readSettings({}, shipped).config })).toEqual([])
})
