/** Calls of a provider to the hook of its sender: verified and read by the sender, stored, and answered once they are stored. */
import { AppError } from '../../core/errors.ts'
import { failpoint } from '../../core/failpoint.ts'
import { readBytes } from '../../core/http/body.ts'
import type { Channel } from '../../core/messaging/schema.ts'
import { type HookAnswer, type HookRequest, hookUrlOf } from '../../core/messaging/senders/hook.ts'
import { hookErrors } from './errors.ts'
import type { ReceiptsGrant } from './grant.ts'

type HookGrant = Pick<ReceiptsGrant, 'messaging' | 'clock' | 'wakeUps' | 'log' | 'config'>

/** Posts that come within this time are announced together, to every process once. */
const GATHER_MS = 50

/** @returns answers a request to the hook of one sender */
export function openHooks({ messaging, clock, wakeUps, log, config }: HookGrant) {
  const store = messaging.receipts.openInbox()
  const announce = openAnnouncing({ clock, wakeUps })
  return async (request: Request, sender: string, path: string): Promise<Response> => {
    const opened = config.publicUrl === undefined ? undefined : messaging.senders.get(sender)
    const hook = opened?.hook
    if (!hook) throw new AppError(hookErrors.HOOK_NOT_FOUND, `There is no sender "${sender}" that takes receipts`)
    const answer = await hook(await readHook(request, path, { clock, publicUrl: config.publicUrl ?? '' }))
    if (answer.kind === 'challenge') return textAnswer('text/plain; charset=utf-8', answer.text)
    if (answer.kind === 'refused') throw refusal(sender, answer.why)
    const { receipts, inbound, reply } = answer
    await store({ sender, channel: onlyChannel(opened.channels), receipts, inbound })
    await failpoint('receipts.stored')
    log.debug({ sender, receipts: receipts.length, inbound: inbound.length }, 'Receipts stored')
    if (receipts.length > 0) announce()
    return reply ? textAnswer(reply.type, reply.text) : new Response(null, { status: 200 })
  }
}

/** Wakes the fold soon. What a process that ends does not announce is found by its next look. */
function openAnnouncing({ clock, wakeUps }: Pick<HookGrant, 'clock' | 'wakeUps'>): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    void clock.sleep(GATHER_MS).then(() => {
      waiting = false
      return wakeUps.notify('receipts')
    })
  }
}

const onlyChannel = ([first, ...rest]: readonly Channel[]) => (rest.length === 0 ? first : undefined)

const textAnswer = (type: string, text: string) => new Response(text, { headers: { 'content-type': type } })

function refusal(sender: string, why: Extract<HookAnswer, { kind: 'refused' }>['why']): AppError {
  return why === 'signature'
    ? new AppError(hookErrors.HOOK_SIGNATURE_WRONG, hookErrors.HOOK_SIGNATURE_WRONG.example.message)
    : new AppError(hookErrors.HOOK_UNREADABLE, `The sender "${sender}" cannot read this body`)
}

async function readHook(
  request: Request,
  path: string,
  { clock, publicUrl }: Pick<HookGrant, 'clock'> & { readonly publicUrl: string },
): Promise<HookRequest> {
  const { url, headers } = request
  // A proxy before us may have changed host and prefix: the provider signs the address that it was given.
  const called = hookUrlOf(publicUrl, url.slice(url.indexOf(PREFIX, url.indexOf('//') + 2) + PREFIX.length))
  const method = request.method === 'POST' ? 'POST' : 'GET'
  const body = method === 'POST' ? await readBytes(request, clock) : new Uint8Array()
  return { method, url: called, path, headers, body }
}

const PREFIX = '/hooks/'
