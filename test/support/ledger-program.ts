/**
 * A provider for tests that outlives the servers it serves: run as a process with the ledger's file as its argument. It
 * delivers once for each Idempotency-Key, unless told not to, and writes each request and each delivery down before it answers.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, type Behaviour, type Entry, normalBehaviour } from './ledger-entry.ts'

const [, , file = ''] = process.argv
const ledger = openSync(file, 'a')
const delivered = new Map<string, string>()
const asked = new Map<string, number>()
const counts = { requests: 0, deliveries: 0 }
let behaviour: Behaviour = normalBehaviour

function write(entry: Entry): void {
  writeSync(ledger, `${JSON.stringify(entry)}\n`)
}

/** The same for the same seed, key and number of the request, whatever the order of requests. */
function draw(key: string): Answer {
  const nth = asked.get(key) ?? 0
  asked.set(key, nth + 1)
  const chance = Number(Bun.hash.xxHash32(`${behaviour.seed}:${key}:${nth}`)) / 2 ** 32
  const { unauthorized, errors, throttled, cut, hang } = behaviour
  const shares: readonly (readonly [Answer, number])[] = [
    ['401', unauthorized],
    ['500', errors],
    ['429', throttled],
    ['cut', cut],
    ['hang', hang / 2],
    ['hang unheard', hang / 2],
  ]
  let upto = 0
  for (const [answer, share] of shares) {
    upto += share
    if (chance < upto) return answer
  }
  return '200'
}

interface Message {
  readonly message_id: string
  readonly to: string
  readonly attempt: number
  readonly text: string
}

function take(key: string, { message_id, to, attempt, text }: Message, response: ServerResponse): void {
  const answer = draw(key)
  const known = delivered.get(key)
  const at = Date.now()
  counts.requests++
  write({ what: 'request', at, key, message_id, to, attempt, answer, repeat: known !== undefined })
  const accepts = answer === '200' || answer === 'cut' || answer === 'hang'
  const repeated = known !== undefined && behaviour.idempotent
  const id = repeated ? known : `ledger-${message_id}${known === undefined ? '' : `-${counts.deliveries}`}`
  if (accepts && !repeated) {
    delivered.set(key, id)
    counts.deliveries++
    write({ what: 'accept', at, key, message_id, to, text, id })
  }
  if (answer === 'hang' || answer === 'hang unheard') return
  setTimeout(() => reply(response, answer, id), behaviour.latencyMs)
}

function reply(response: ServerResponse, answer: Answer, id: string): void {
  if (answer === 'cut') return void response.socket?.destroy()
  if (answer === '401' || answer === '500') return void response.writeHead(Number(answer)).end()
  if (answer === '429')
    return void response.writeHead(429, { 'retry-after': String(behaviour.retryAfterSeconds) }).end()
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id }))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return text
}

function forget(): void {
  delivered.clear()
  asked.clear()
  Object.assign(counts, { requests: 0, deliveries: 0 })
  ftruncateSync(ledger)
}

const server = createServer(async (request, response) => {
  try {
    const body = await bodyOf(request)
    if (request.url === '/count') return void response.end(JSON.stringify(counts))
    if (request.url === '/behaviour') {
      behaviour = JSON.parse(body) as Behaviour
      return void response.end('{}')
    }
    if (request.url === '/forget') {
      forget()
      return void response.end('{}')
    }
    take(String(request.headers['idempotency-key']), JSON.parse(body) as Message, response)
  } catch {
    response.socket?.destroy() // the server that asked was killed in the middle
  }
})

// The test that started this process holds the other end: when it is gone, however it went, so is this.
process.stdin.resume().on('end', () => {
  closeSync(ledger)
  process.exit(0)
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
