/** One sender, opened as the registry opens it, and a server that passes what its provider posts to its hook. */
import type { Static, TObject } from '@sinclair/typebox'
import { systemClock } from '../../core/clock.ts'
import { openNet } from '../../core/host/net.ts'
import type { AnyGrant } from '../../core/host/plugin.ts'
import { openOutcomes, readCodes } from '../../core/messaging/senders/code-table.ts'
import type {
  OpenSender,
  OutboundMessage,
  Outcome,
  SenderKind,
  SenderUse,
} from '../../core/messaging/senders/contract.ts'
import type { HookAnswer, HookRequest } from '../../core/messaging/senders/hook.ts'
import { type LogLine, openLog } from './inert.ts'

export interface Opened {
  readonly sender: OpenSender
  readonly log: readonly LogLine[]
  /** Sends one message, which may take as long as the sender says. */
  send(changes?: Partial<OutboundMessage>, signal?: AbortSignal): Promise<Outcome>
}

export const outbound: OutboundMessage = {
  messageId: '42',
  campaignId: 7,
  channel: 'sms',
  to: '+254712345678',
  text: 'Habari Wanjiku',
  attempt: 1,
  turn: 0,
  idempotencyKey: 'msg:42',
}

/**
 * @param settings with `url`, which is the only address that the sender may call
 * @param codes as in `SENDER_<NAME>_CODES`
 */
export function openSender<Settings extends TObject>(
  kind: SenderKind<AnyGrant, Settings>,
  settings: Static<Settings> & { readonly url?: string },
  { codes = '', ...changes }: Partial<SenderUse<Static<Settings>>> & { readonly codes?: string } = {},
): Opened {
  const log: LogLine[] = []
  const overrides = readCodes(codes)
  if ('problem' in overrides) throw new Error(`Cannot read "${overrides.problem}"`)
  const sender = kind.open({} as AnyGrant, {
    name: 'main',
    settings,
    clock: systemClock,
    log: openLog(log),
    net: openNet('test', settings.url ? [new URL(settings.url).origin] : []),
    outcomeOf: openOutcomes(kind.codes, overrides),
    hookUrl: undefined,
    ...changes,
  })
  const send = async (message: Partial<OutboundMessage> = {}, signal = AbortSignal.timeout(sender.timeoutMs)) => {
    const outcomes = await sender.send([{ ...outbound, ...message }], signal)
    if (outcomes.length !== 1 || !outcomes[0]) throw new Error(`Expected one outcome, not ${outcomes.length}`)
    return outcomes[0]
  }
  return { sender, log, send }
}

export interface Hook {
  /** For `hookUrl`, and the behaviour of a fake. */
  readonly url: string
  /** The sender's reading of each post. */
  readonly answers: HookAnswer[]
  readonly requests: HookRequest[]
  /** Passes posts to this sender; before it, and after `pass(undefined)`, they are answered with 503. */
  pass(sender: OpenSender | undefined): void
  /** Resolves once there are so many answers. */
  until(count: number): Promise<readonly HookAnswer[]>
  stop(): Promise<void>
}

/** Answers as the API does: 200 taken, 401 and 400 refused. */
export function startHook(path = '/hooks/main'): Hook {
  const answers: HookAnswer[] = []
  const requests: HookRequest[] = []
  const waiting = new Set<() => void>()
  let sender: OpenSender | undefined
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (asked) => {
      if (!sender?.hook) return new Response(null, { status: 503 })
      const { pathname } = new URL(asked.url)
      const request: HookRequest = {
        method: asked.method === 'GET' ? 'GET' : 'POST',
        url: asked.url,
        path: pathname.slice(path.length).replace(/^\/+|\/+$/g, ''),
        headers: asked.headers,
        body: new Uint8Array(await asked.arrayBuffer()),
      }
      const answer = await sender.hook(request)
      requests.push(request)
      answers.push(answer)
      for (const look of waiting) look()
      return responseTo(answer)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}${path}`,
    answers,
    requests,
    pass: (next) => {
      sender = next
    },
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (answers.length < count) return
          waiting.delete(look)
          resolve(answers)
        }
        waiting.add(look)
        look()
      }),
    stop: () => server.stop(true),
  }
}

function responseTo(answer: HookAnswer): Response {
  if (answer.kind === 'refused') return new Response(null, { status: answer.why === 'signature' ? 401 : 400 })
  if (answer.kind === 'challenge') return new Response(answer.text)
  const { reply } = answer
  return new Response(reply?.text ?? '', { headers: { 'content-type': reply?.type ?? 'text/plain' } })
}
