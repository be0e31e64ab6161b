/** Contributions of plugins to the API: errors and scopes. */
import { describe, expect, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { BootError, defineErrors } from '../../core/errors.ts'
import { compose } from '../../core/host/compose.ts'
import { errorsOf } from '../../core/host/contributed.ts'
import { type AnyPlugin, definePlugin } from '../../core/host/plugin.ts'
import { hiddenRoute, route } from '../../core/http/route.ts'
import { inertResources } from '../support/inert.ts'

/** The lines with which `plugins` are refused. */
function refusal(plugins: readonly AnyPlugin[], enabled?: readonly string[]): string[] {
  try {
    const options = { base: new Elysia(), config: {}, settings: t.Object({}), drainMs: 1000 }
    compose(plugins, inertResources().resources, { ...options, ...(enabled && { enabled }) })
  } catch (error) {
    expect(error).toBeInstanceOf(BootError)
    return (error as BootError).message.split('\n')
  }
  return []
}

const raising = (name: string, kinds: Parameters<typeof defineErrors>[0]) =>
  definePlugin({ name, needs: {}, errors: defineErrors(kinds) })

describe('errors of plugins', () => {
  const TAKEN = { status: 409, message: 'a' }

  test.each<[string, readonly AnyPlugin[], string]>([
    [
      'a status other than the host’s',
      [raising('p', { NOT_FOUND: { status: 410, message: 'gone' } })],
      'Error NOT_FOUND of plugin "p" has the status 410; that of the host has 404',
    ],
    [
      'a status other than another plugin’s',
      [raising('p', { TAKEN }), raising('q', { TAKEN: { ...TAKEN, status: 400 } })],
      'Error TAKEN of plugin "q" has the status 400; that of plugin "p" has 409',
    ],
    [
      'an example other than another plugin’s',
      [raising('p', { TAKEN }), raising('q', { TAKEN: { ...TAKEN, message: 'b' } })],
      'Error TAKEN of plugin "q" has another example or other details than that of plugin "p"',
    ],
    [
      'a schema of details that another plugin does not have',
      [raising('p', { TAKEN }), raising('q', { TAKEN: { ...TAKEN, schema: t.Array(t.String()) } })],
      'Error TAKEN of plugin "q" has another example or other details than that of plugin "p"',
    ],
  ])('are refused with %s', (_, plugins, line) => expect(refusal(plugins)).toEqual([line]))

  test('may be shared, and those of a plugin that is off do not count', () => {
    const [p, q] = [raising('p', { TAKEN }), raising('q', { TAKEN })]
    const off = raising('off', { TAKEN: { ...TAKEN, status: 410 }, GONE: { status: 410, message: 'gone' } })
    expect(refusal([p, q])).toEqual([])
    expect(refusal([p, off], ['p'])).toEqual([])
    expect(errorsOf([p, off], ['p']).map(({ code, status }) => [code, status])).toEqual([['TAKEN', 409]])
  })
})

describe('scopes of plugins', () => {
  const describing = (name: string, scopes: Readonly<Record<string, string>>) =>
    definePlugin({ name, needs: {}, scopes })
  const asking = (detail: object | undefined, scopes = {}, errors = {}) =>
    definePlugin({
      name: 'p',
      needs: {},
      scopes,
      errors,
      routes: () => new Elysia().get('/things', () => '', detail ? { detail } : {}),
    })
  const documented = { tag: 'T', summary: 's', description: 'd', answers: [] }
  const { TAKEN } = defineErrors({ TAKEN: { status: 409, message: 'a' } })

  test.each<[string, readonly AnyPlugin[], string]>([
    [
      'described in two ways',
      [describing('p', { 'a:read': 'See a' }), describing('q', { 'a:read': 'Look at a' })],
      'Scope "a:read" of plugin "q" has another description than in plugin "p"',
    ],
    [
      'of another form',
      [describing('p', { everything: 'Do everything' })],
      'Plugin "p" declares the scope "everything": it must be named like "things:read"',
    ],
    [
      'missing at a route without documentation',
      [asking(undefined)],
      'Route GET /things of plugin "p" declares no access: use route({ scope: ... }) or route({ open: true })',
    ],
    [
      'missing at a route that is documented otherwise',
      [asking({ summary: 's', security: [{ bearer: [] }] })],
      'Route GET /things of plugin "p" declares no access: use route({ scope: ... }) or route({ open: true })',
    ],
    [
      'asked for and not declared',
      [asking(route({ ...documented, scope: 'thing:read' }), { 'things:read': 'See things' })],
      'Route GET /things of plugin "p" requires the scope "thing:read", which it does not declare: did you mean "things:read"?',
    ],
    [
      'asked for and declared by another plugin only',
      [asking(hiddenRoute({ scope: 'a:read' }), { 'b:write': 'Write b' }), describing('q', { 'a:read': 'See a' })],
      'Route GET /things of plugin "p" requires the scope "a:read", which it does not declare: use one of b:write',
    ],
  ])('are refused if %s', (_, plugins, line) => expect(refusal(plugins)).toEqual([line]))

  test('are one where two plugins describe them alike', () => {
    expect(refusal([describing('p', { 'a:read': 'See a' }), describing('q', { 'a:read': 'See a' })])).toEqual([])
  })

  test('an error that a route answers with is listed by its plugin', () => {
    const detail = route({ ...documented, open: true, errors: [TAKEN] })
    expect(refusal([asking(detail, {}, { TAKEN })])).toEqual([])
    expect(refusal([asking(detail)])).toEqual([
      'Route GET /things of plugin "p" answers with the error TAKEN, which its plugin does not list',
    ])
  })
})
