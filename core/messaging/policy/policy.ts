/**
 * Policies: may this recipient be written to now? Each is asked just before a message is started, in order; the first that
 * does not say `send` decides. Pure and quick: a policy is asked for every message, and looks nothing up while it is asked.
 *
 * Caps are asked last, of messages for which all policies say `send`: a place is reserved for many at once (`reserve.sql`), and
 * nobody who waits for quiet hours, or is not to be written to, takes a place.
 */
import type { Member } from '../../host/compose.ts'
import { isBlank } from '../../text/invisible.ts'
import type { ConsentRefusal } from '../consents/flags.ts'
import type { Channel } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'
import type { SuppressionReason } from '../suppressions/tables.ts'
import { emptyParameter, type FilledTemplate } from '../text/provider-template.ts'

/** Codes that a skipped message may end with. */
export type SkipCode = Extract<
  MessageCode,
  | 'customer.deleted'
  | 'customer.erased'
  | `suppressed.${Exclude<SuppressionReason, 'erased'>}`
  | `consent.${ConsentRefusal}`
  | 'expired'
  | 'message.empty'
  | 'template.empty_value'
  | 'window.closed'
  | 'policy.refused'
>

export type Decision =
  | {
      readonly kind: 'send'
      /** Milliseconds after which it must not be started any more, but be asked again; absent: no such time. */
      readonly withinMs?: number
    }
  /** It is not sent, now or later. */
  | { readonly kind: 'skip'; readonly code: SkipCode }
  /** It is asked again after so many milliseconds; no attempt is spent. */
  | {
      readonly kind: 'defer'
      readonly ms: number
      /** The moment itself, in milliseconds since the epoch by the database's clock, where that is known. */
      readonly until?: number
    }

export interface Candidate {
  readonly messageId: string
  readonly campaignId: number
  readonly channel: Channel
  /** E.164; null where the customer was deleted. */
  readonly phone: string | null
  /** The customer's time zone, an IANA name; absent where no policy asks for it, null where it is not known. */
  readonly timeZone?: string | null | undefined
  /** First reason why the phone is suppressed on the channel; null: it is not. */
  readonly suppression: SuppressionReason | null
  /** Why the customer’s consent does not allow the message; null: it does, or the campaign needs none. */
  readonly refusedConsent: ConsentRefusal | null
  /** The campaign's time is over. */
  readonly expired: boolean
  /** The text as it would be sent. Throws where it cannot be rendered. */
  text(): string
  /** The provider's template as it would be sent; undefined: the text is sent as it is. */
  template(): FilledTemplate | undefined
}

export interface Policy {
  /** For the log. */
  readonly name: string
  decide(candidate: Candidate): Decision
}

type Send = Extract<Decision, { readonly kind: 'send' }>

const SEND: Send = { kind: 'send' }
const skip = (code: SkipCode): Decision => ({ kind: 'skip', code })

/** Codes of people who are not to be written to, whatever the phone. */
const unwelcome = {
  opt_out: 'suppressed.opt_out',
  complaint: 'suppressed.complaint',
  manual: 'suppressed.manual',
} as const satisfies { readonly [R in SuppressionReason]?: SkipCode }

const isUnwelcome = (reason: SuppressionReason | null): reason is keyof typeof unwelcome =>
  reason !== null && Object.hasOwn(unwelcome, reason)

/**
 * The checks of every message, before those that plugins contribute. Their order is fixed: of several reasons that hold, a
 * message names the first, and a report says the same for all. Quiet hours come after all that ends a message, so that nobody
 * waits for nothing, and before the text is rendered.
 */
const checksOfPerson: readonly Policy[] = [
  { name: 'deleted customer', decide: ({ phone }) => (phone === null ? skip('customer.deleted') : SEND) },
  {
    name: 'erased customer',
    decide: ({ suppression }) => (suppression === 'erased' ? skip('customer.erased') : SEND),
  },
  {
    name: 'suppressed phone',
    decide: ({ suppression }) => (isUnwelcome(suppression) ? skip(unwelcome[suppression]) : SEND),
  },
  {
    name: 'consent',
    decide: ({ refusedConsent }) => (refusedConsent === null ? SEND : skip(`consent.${refusedConsent}`)),
  },
  {
    name: 'invalid number',
    decide: ({ suppression }) => (suppression === 'invalid' ? skip('suppressed.invalid') : SEND),
  },
  { name: 'expiry', decide: ({ expired }) => (expired ? skip('expired') : SEND) },
]

const checksOfText: readonly Policy[] = [
  { name: 'empty text', decide: (candidate) => (isBlank(candidate.text()) ? skip('message.empty') : SEND) },
  {
    name: 'empty template value',
    decide: (candidate) => {
      const template = candidate.template()
      return template && emptyParameter(template) !== undefined ? skip('template.empty_value') : SEND
    },
  },
]

const always: readonly Policy[] = [...checksOfPerson, ...checksOfText]

/** Built-in policies that a chunk may have or not. */
export interface ChunkPolicies {
  readonly quietHours?: Policy | undefined
  /** Window of a text on WhatsApp, where its sender takes texts only in one. */
  readonly textWindow?: Policy | undefined
}

/** The built-in policies, in the order in which they are asked. */
export const builtIn = ({ quietHours, textWindow }: ChunkPolicies = {}): readonly Policy[] =>
  quietHours || textWindow
    ? [...checksOfPerson, ...(textWindow ? [textWindow] : []), ...(quietHours ? [quietHours] : []), ...checksOfText]
    : always

/** Policies of a chunk, in the order in which they are asked. */
export interface Policies {
  readonly builtIn: readonly Policy[]
  /** Policies that plugins contribute. */
  readonly contributed: readonly Policy[]
}

/** Wait before a policy that failed is asked again: nobody is written to unasked, and nobody is given up. */
export const FAILED_POLICY_MS = 60_000

/**
 * The decision of the first policy that does not say `send`; where all do, the shortest time in which it may be started.
 * @param onFailure called with a contributed policy that threw; it defers the message
 * @throws whatever rendering the text throws
 */
export function decide(
  { builtIn, contributed }: Policies,
  candidate: Candidate,
  onFailure: (policy: Policy, error: unknown) => void,
): Decision {
  let send = SEND
  for (const policy of builtIn) {
    const decision = policy.decide(candidate)
    if (decision.kind !== 'send') return decision
    send = sooner(send, decision)
  }
  for (const policy of contributed) {
    try {
      const decision = policy.decide(candidate)
      if (decision.kind !== 'send') return decision
      send = sooner(send, decision)
    } catch (error) {
      onFailure(policy, error)
      return { kind: 'defer', ms: FAILED_POLICY_MS }
    }
  }
  return send
}

function sooner(a: Send, b: Send): Send {
  if (b.withinMs === undefined) return a
  return a.withinMs === undefined || b.withinMs < a.withinMs ? b : a
}

/** Every policy that the plugins contribute, in the order of the plugins. */
export const policiesOf = (members: readonly Member[]): readonly Policy[] =>
  members.flatMap(({ plugin, grant }) => plugin.policies?.(grant) ?? [])
