/** Contributions of plugins to the API: kinds of errors. */
import { describe, expect, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { BootError, defineErrors } from '../../core/errors.ts'
import { compose } from '../../core/host/compose.ts'
import { errorsOf } from '../../core/host/contributed.ts'
import { type AnyPlugin, definePlugin } from '../../core/host/plugin.ts'
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
