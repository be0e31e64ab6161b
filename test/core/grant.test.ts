import { describe, expect, test } from 'bun:test'
import { grantTo } from '../../core/host/grant.ts'
import type { Needs } from '../../core/host/plugin.ts'
import type { OpenedSenders } from '../../core/messaging/senders/contract.ts'
import { inertResources } from '../support/inert.ts'

function setup(needs: Needs) {
  const { resources, lines } = inertResources()
  const grant = grantTo({ name: 'p', needs }, resources, { config: { size: 1 }, loops: () => [] })
  return { grant: grant as Readonly<Record<string, unknown>>, resources, lines }
}
const always = ['config', 'log', 'process']

describe('grantTo()', () => {
  const permissions: Needs = {
    db: {},
    publish: true,
    consume: true,
    messaging: ['senders'],
    clock: true,
    wakeUps: true,
    queue: true,
    loops: true,
    listen: true,
  }
  test('gives nothing that is not named', () => {
    expect(Object.keys(setup({}).grant).sort()).toEqual(always)
  })

  test.each(Object.entries(permissions))('gives %s, and nothing else, to whoever names it', (name, value) => {
    const { grant } = setup({ [name]: value })
    expect(Object.keys(grant).sort()).toEqual([...always, name].sort())
  })

  test('gives what cannot be changed', () => {
    const { grant } = setup(permissions)
    expect(Object.isFrozen(grant)).toBe(true)
    for (const handle of ['publish', 'consume', 'messaging', 'wakeUps', 'queue', 'config', 'process'])
      expect({ handle, frozen: Object.isFrozen(grant[handle]) }).toEqual({ handle, frozen: true })
  })

  test('gives each side of the queue, and the senders, without the right to close them', async () => {
    const { grant } = setup(permissions)
    const methods = (handle: unknown) => Object.keys(handle as object).sort()
    expect(methods(grant.publish)).toEqual(['publish'])
    expect(methods(grant.consume)).toEqual(['take', 'takeNow'])
    expect(methods(grant.queue)).toEqual(['check', 'inspect', 'name'])
    expect(methods(grant.wakeUps)).toEqual(['listen', 'notify'])
    const { senders } = grant.messaging as { senders: Pick<OpenedSenders, 'get' | 'of'> }
    expect(methods(senders)).toEqual(['countries', 'get', 'list', 'of'])
    expect(senders.get('sms')).toMatchObject({ name: 'sms', idempotent: true, timeoutMs: 1000 })
    expect(senders.of('whatsapp')).toMatchObject([{ name: 'whatsapp' }])
    expect(Object.keys(senders.get('sms') ?? {})).not.toContain('close')
  })

  test('passes calls on', async () => {
    const { resources } = inertResources()
    const grant = grantTo({ name: 'p', needs: permissions }, resources, { config: {}, loops: () => [] }) as unknown as {
      publish: { publish(chunks: unknown): Promise<unknown> }
      consume: { take(stop: AbortSignal): Promise<unknown> }
      messaging: { senders: { get(name: string): { send(batch: readonly object[]): Promise<unknown> } } }
    }
    expect(await grant.publish.publish([{ id: '3', group: 1, size: 500 }])).toEqual(['3'])
    expect(await grant.consume.take(AbortSignal.abort())).toMatchObject({ chunkIds: ['7'] })
    expect(await grant.messaging.senders.get('sms').send([{}])).toEqual([{ kind: 'accepted', id: 'sms' }])
  })

  test('names the plugin in its log', () => {
    const { grant, lines } = setup({})
    ;(grant.log as { info(text: string): void }).info('hello')
    expect(lines).toEqual([{ level: 'info', owner: { plugin: 'p' }, args: ['hello'] }])
  })

  test('binds the database to the plugin', () => {
    const { grant, resources } = setup({ db: { read: ['customers'] } })
    const db = grant.db as typeof resources.db
    expect(db.selectFrom('customers').select('id').compile().sql).toBe('select "id" from "customers"')
    expect(() => db.selectFrom('campaigns').select('id').compile()).toThrow('plugin "p" was not granted it')
    expect(() => db.deleteFrom('customers').compile()).toThrow('plugin "p" was not granted it')
  })
})
