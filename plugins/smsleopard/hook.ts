/**
 * SMSLeopard's delivery reports, posted to the address that each call names. How it shows the secret that it was given is
 * not published, so that the token in the path is what tells its posts from a stranger's. Their body is not published
 * either: it is read as the report that `GET /v1/delivery_reports/{id}` answers, alone or in a list, as JSON or as a form.
 */
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { SenderUse } from '../../core/messaging/senders/contract.ts'
import type { Delivery, HookAnswer, HookRequest, Receipt } from '../../core/messaging/senders/hook.ts'
import { at, idOf, parseBytes, textOf } from '../../core/messaging/senders/json.ts'
import { isSameSecret } from '../../core/messaging/senders/secret.ts'
import type { Settings } from './grant.ts'

/** States of SMPP 3.4. UNKNOWN and others say nothing. */
const deliveries: ReadonlyMap<string, Delivery> = new Map([
  ['ACCEPTD', 'submitted'],
  ['ENROUTE', 'submitted'],
  ['DELIVRD', 'delivered'],
  ['EXPIRED', 'undelivered'],
  ['UNDELIV', 'undelivered'],
  ['REJECTD', 'undelivered'],
  ['DELETED', 'undelivered'],
])

export function smsLeopardHook(
  { outcomeOf }: SenderUse<Settings>,
  hookToken: string,
): (request: HookRequest) => HookAnswer {
  return ({ method, path, body }) => {
    if (!isSameSecret(hookToken, path) || method !== 'POST') return { kind: 'refused', why: 'signature' }
    const receipts: Receipt[] = []
    const parsed = readBody(body)
    for (const report of Array.isArray(parsed) ? parsed : [parsed]) {
      const providerId = idOf(at(report, 'id'))
      const status = textOf(at(report, 'status'))
      if (!providerId || !status) return { kind: 'refused', why: 'body' }
      receipts.push(...receiptOf(providerId, status.toUpperCase(), report, outcomeOf))
    }
    return { kind: 'taken', receipts, inbound: [] }
  }
}

const readBody = (body: Uint8Array): unknown =>
  parseBytes(body) ?? Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)))

function receiptOf(providerId: string, status: string, report: unknown, outcomeOf: OutcomeOf): Receipt[] {
  const delivery = deliveries.get(status)
  if (!delivery) return []
  const time = timeOf(at(report, 'time'))
  if (delivery !== 'undelivered') return [{ providerId, delivery, at: time }]
  // A reason that is in no table is a sentence, and no code.
  const reason = textOf(at(report, 'reason')) ?? status
  const providerCode = outcomeOf(reason, { fallback: 'unknown' }).kind === 'unknown' ? status : reason
  const outcome = outcomeOf(providerCode)
  const about = outcome.kind === 'rejected' ? outcome.about : undefined
  return [{ providerId, delivery, providerCode, about, at: time }]
}

/** Seconds since the epoch, as a number or as text. */
function timeOf(time: unknown): number | undefined {
  const seconds = Number(textOf(time))
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}
