/**
 * The frame of all fake providers: a server in its own process, so that it outlives the servers that it serves. The first
 * argument is the ledger's file, the second a port, if a certain one is wanted; the port is written to standard output.
 *
 * - `PUT /_behaviour` changes how it behaves, `GET /_behaviour` shows it (`frame-behaviour.ts`).
 * - `GET /_ledger` is the ledger, one JSON line an entry (`frame-ledger.ts`); `GET /_counts` sums it up.
 * - `POST /_inbound` lets a person write (`FakeInbound`); `POST /_receipts` posts `[{id, status, code?}]`;
 *   `POST /_replay` posts the last `{count}` posts again. Each answers when our hook has.
 * - Everything else is the provider's.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Behaviour } from './frame-behaviour.ts'
import type { Fake, FakeAnswer, FakeInbound, FakeReceipt } from './frame-contract.ts'
import { openFakeLedger } from './frame-ledger.ts'
import { type FakeProvider, openFakeProvider, type Reply } from './frame-provider.ts'

/** Serves until the process that started this one ends. */
export function runFake(fake: Fake): void {
  const [, , file = '', port = '0'] = process.argv
  const ledger = openFakeLedger(file)
  const provider = openFakeProvider(fake, ledger)
  let inFlight = 0

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
    if (url.pathname === '/_ledger') return void response.end(ledger.text())
    if (url.pathname === '/_counts')
      return void response.end(JSON.stringify({ ...ledger.counts(), waiting: provider.poster.waiting() }))
    if (url.pathname.startsWith('/_')) return void response.end(await control(fake, provider, url.pathname, body))
    inFlight++
    response.on('close', () => inFlight--)
    const { method = 'GET' } = request
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    answer(response, await provider.reply({ method, url, headers, body }, inFlight))
  }
  const server = createServer((request, response) => {
    // The process that asked may have been killed in the middle.
    serve(request, response).catch((error) => {
      console.error(error)
      response.socket?.destroy()
    })
  })
  // The process that started this one holds the other end: when it is gone, however it went, so is this.
  process.stdin.resume().on('end', () => process.exit(0))
  server.listen(Number(port), '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
}

async function control(fake: Fake, provider: FakeProvider, path: string, body: string): Promise<string> {
  const { state, poster } = provider
  if (path === '/_behaviour') {
    if (body) provider.behave(JSON.parse(body) as Partial<Behaviour>)
    return JSON.stringify(state.behaviour)
  }
  if (path === '/_inbound') {
    const { hookUrl } = state.behaviour
    if (!hookUrl || !fake.inbound) throw new Error('Cannot post inbound: set hookUrl, and see whether the fake has it')
    await poster.post(fake.inbound(JSON.parse(body) as FakeInbound, hookUrl, state))
    return '{}'
  }
  if (path === '/_receipts') {
    await poster.now((JSON.parse(body) as { id: string; status: string; code?: string }[]).map(receiptOf(provider)))
    return '{}'
  }
  if (path !== '/_replay') throw new Error(`A fake has no "${path}"`)
  await poster.replay((JSON.parse(body) as { count: number }).count)
  return '{}'
}

const receiptOf =
  ({ state }: FakeProvider) =>
  ({ id, status, code }: { id: string; status: string; code?: string }): FakeReceipt => {
    const message = state.accepted.get(id)
    if (!message) throw new Error(`No message "${id}" was taken`)
    return { message, status, code }
  }

function answer(response: ServerResponse, reply: Reply): void {
  if (reply.how === 'hang') return
  const { how, answer, latencyMs } = reply
  if (latencyMs > 0) setTimeout(() => write(response, answer, how === 'cut'), latencyMs)
  else write(response, answer, how === 'cut')
}

function write(response: ServerResponse, { status, headers, body }: FakeAnswer, cut: boolean): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  const length = Buffer.byteLength(text)
  response.writeHead(status, { 'content-type': type, 'content-length': length, ...headers })
  if (!cut) return void response.end(text)
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy())
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return text
}
