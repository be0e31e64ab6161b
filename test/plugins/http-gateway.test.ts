/** The adapter that plugins/http/README.md shows, run as it stands between an http sender and a gateway. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { httpKind } from '../../plugins/http/plugin.ts'
import { inboundOf, receiptsOf } from '../support/batch-sender.ts'
import { openSender, outbound, startHook } from '../support/sender-use.ts'
import { until } from '../support/server-process-wait.ts'

setDefaultTimeout(30_000)
const SECRET = 'a-secret-of-the-gateway'
const releasers: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release()
})

interface Sms {
  readonly phone: string
  readonly body: string
  readonly ref: string
}

/** A gateway of no known kind, which answers with `answer` and posts its reports to `reportTo`. */
function startGateway(answer: (sms: Sms) => Response) {
  const taken: Sms[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const sms = (await request.json()) as Sms
      taken.push(sms)
      return answer(sms)
    },
  })
  releasers.push(() => server.stop(true))
  return { url: server.url.origin, taken }
}

/** @returns the adapter's address */
async function startAdapter(settings: Readonly<Record<string, string>>): Promise<string> {
  const readme = await readFile(new URL('../../plugins/http/README.md', import.meta.url), 'utf8')
  const [, code] = /```ts\n([\s\S]+?)```/.exec(readme) ?? []
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-gateway-'))
  releasers.push(() => rm(folder, { recursive: true, force: true }))
  const program = path.join(folder, 'gateway.ts')
  await writeFile(program, code ?? '')
  const adapter = Bun.spawn([process.execPath, '--no-env-file', program], {
    cwd: folder,
    env: { PORT: '0', ...settings },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  releasers.push(async () => {
    adapter.kill('SIGKILL')
    await adapter.exited
  })
  let printed = ''
  for await (const part of adapter.stdout.pipeThrough(new TextDecoderStream())) {
    printed += part
    const [, address] = /^Adapter on (\S+)\/\n/m.exec(printed) ?? []
    if (address) return address
  }
  throw new Error(`The adapter ended before it listened: ${printed}`)
}

async function setup(answer: (sms: Sms) => Response) {
  const hook = startHook()
  releasers.push(() => hook.stop())
  const gateway = startGateway(answer)
  const adapter = await startAdapter({ GATEWAY_URL: gateway.url, HOOK_URL: hook.url, HOOK_SECRET: SECRET })
  const settings = { url: `${adapter}/messages`, timeoutMs: 20_000, hookSecret: SECRET }
  const { sender, send } = openSender(httpKind, settings, { hookUrl: hook.url })
  hook.pass(sender)
  const report = async (body: unknown) =>
    (await fetch(`${adapter}/reports`, { method: 'POST', body: JSON.stringify(body) })).status
  return { gateway, hook, report, send }
}

test('the adapter carries a message to the gateway, and its reports back', async () => {
  const { gateway, hook, report, send } = await setup(() => Response.json({ id: 'gw-1' }))
  expect(await send({ messageId: '42' })).toEqual({ kind: 'accepted', id: 'gw-1' })
  expect(gateway.taken).toEqual([{ phone: outbound.to, body: outbound.text, ref: '42' }])
  expect(await report({ kind: 'status', ref: '42', id: 'gw-1', state: 'DELIVRD' })).toBe(200)
  expect(await report({ kind: 'status', ref: '43', id: 'gw-2', state: 'UNDELIV', error: '32' })).toBe(200)
  expect(await report({ kind: 'reply', id: 'in-1', phone: outbound.to, body: 'Asante 😀' })).toBe(200)
  expect(receiptsOf(hook)).toEqual([
    { messageId: '42', providerId: 'gw-1', delivery: 'delivered' },
    { messageId: '43', providerId: 'gw-2', delivery: 'undelivered', providerCode: '32' },
  ])
  expect(inboundOf(hook)).toEqual([{ id: 'in-1', from: outbound.to, text: 'Asante 😀' }])
})

test('the adapter tells the gateway to report again while the hook cannot store', async () => {
  const { hook, report } = await setup(() => Response.json({ id: 'gw-1' }))
  hook.pass(undefined)
  expect(await report({ kind: 'status', ref: '42', id: 'gw-1', state: 'DELIVRD' })).toBe(503)
})

test.each([
  [429, { kind: 'throttled', retryAfterMs: 5000 }],
  [400, { kind: 'rejected', code: 'provider.rejected', permanent: true }],
] as const)('the adapter passes a refusal of %p on', async (status, outcome) => {
  const { send } = await setup(() => new Response(null, { status }))
  expect(await send()).toMatchObject(outcome)
})

test('the adapter leaves a message in doubt when the gateway does', async () => {
  const { gateway, send } = await setup(() => new Response(null, { status: 502 }))
  const time = new AbortController()
  const sent = send({}, time.signal)
  await until('the gateway was asked', () => gateway.taken.length === 1)
  time.abort()
  expect(await sent).toEqual({ kind: 'unknown', code: 'timeout' })
})
