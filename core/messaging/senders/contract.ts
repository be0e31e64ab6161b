/**
 * Sender contract: the interface of what carries a channel. A sender never throws for a provider's answer: it says which
 * of five things happened, and anything thrown counts as `unknown`.
 */
import type { Static, TObject } from '@sinclair/typebox'
import type { Clock } from '../../clock.ts'
import type { Net } from '../../host/net.ts'
import type { Log } from '../../log/log.ts'
import type { Channel } from '../schema.ts'
import type { FilledTemplate } from '../text/provider-template.ts'
import type { CodeTable, OutcomeOf } from './code-table.ts'
import type { SenderCode } from './codes.ts'
import type { HookAnswer, HookRequest, Receipt } from './hook.ts'
import type { Outcome } from './outcome.ts'

/** One message, rendered, to one phone. */
export interface OutboundMessage {
  readonly messageId: string
  readonly campaignId: number
  readonly channel: Channel
  /** E.164. */
  readonly to: string
  readonly text: string
  /**
   * On WhatsApp, of a campaign that has one: what is sent, in place of `text`, which is what the person reads then. Only a
   * kind with `templates` gets such messages.
   */
  readonly template?: FilledTemplate | undefined
  /** 1 for the first try; counted anew when a failed message is retried by hand. */
  readonly attempt: number
  /** Calls for this message before this one; never set back. */
  readonly turn: number
  /** The same for every try of this message; a provider that honours it delivers once. */
  readonly idempotencyKey: string
}

export type { FilledTemplate } from '../text/provider-template.ts'
export type { Outcome } from './outcome.ts'

/** A named sender of a process. Its `send` may answer for fewer messages, or throw, where its code is wrong. */
export interface Sender extends OpenSender {
  readonly name: string
  /** Name of the kind of sender. */
  readonly kind: string
  readonly channels: readonly Channel[]
  /** True when sending twice with one idempotency key delivers once: only then is a message in doubt sent again. */
  readonly idempotent: boolean
  readonly reference: Reference
  readonly limits: Limits
  readonly textWindowHours?: number | undefined
}

/** A sender without the right to close it. */
export type OpenedSender = Omit<Sender, 'close'>

/** The senders of a process. */
export interface Senders {
  get(name: string): Sender | undefined
  /** In the order of the settings. */
  list(): readonly Sender[]
  /** Senders that the settings route the channel to, the first choice first. */
  of(channel: Channel): readonly Sender[]
  /** Names of the senders that the settings give to countries, the first choice first. */
  countries(channel: Channel): Readonly<Record<string, readonly string[]>>
}

/** The same for plugins. */
export interface OpenedSenders {
  get(name: string): OpenedSender | undefined
  list(): readonly OpenedSender[]
  of(channel: Channel): readonly OpenedSender[]
  countries(channel: Channel): Readonly<Record<string, readonly string[]>>
}

/** Id in receipts: our message id, even when the answer to the call was lost; only the provider's own id; none. */
export type Reference = 'echoed' | 'answered' | 'none'

export interface Limits {
  /** Units a second; null: as fast as it goes. */
  readonly rate: number | null
  readonly unit: 'segment' | 'message'
  /** Messages in flight at once, over all processes; null: as many as the workers have room for. */
  readonly concurrency: number | null
  /** Messages of one call, at most. */
  readonly batch: number
}

export type AccountCheck =
  | { readonly ok: true; readonly detail?: string }
  | { readonly ok: false; readonly code: SenderCode; readonly detail: string }

/** A template at the provider. */
export interface ListedTemplate {
  readonly name: string
  readonly language: string
  /** The provider's words, in lower case: `approved`, `pending`, `rejected`, `paused`. */
  readonly status: string
  readonly category: string | null
  /** Its text with {{1}}, {{2}}, ...; null where the provider does not say it. */
  readonly text: string | null
  /** Number of placeholders in its text. */
  readonly parameters: number
  /** Why no campaign can use it, for a person; null where one can. */
  readonly unusable: string | null
}

export type TemplateList =
  | { readonly ok: true; readonly templates: readonly ListedTemplate[] }
  | { readonly ok: false; readonly code: SenderCode; readonly detail: string }

/** An opened sender: the calls to its provider. */
export interface OpenSender {
  /** Longest a call may take, in milliseconds; the worker aborts `signal` then and counts the message as unknown. */
  readonly timeoutMs: number
  /**
   * Hands messages of one channel to the provider; never rejects for what a provider answers.
   * @param batch at least one message, at most `limits.batch` of its kind
   * @returns an outcome for each message, in their order
   */
  send(batch: readonly OutboundMessage[], signal: AbortSignal): Promise<readonly Outcome[]>
  /** Asks the provider whether it knows the account, without sending anything. Undefined: it cannot be asked. */
  check?(signal: AbortSignal): Promise<AccountCheck>
  /** Asks the provider for its templates. Undefined: it has none, or no list of them. */
  templates?(signal: AbortSignal): Promise<TemplateList>
  /**
   * Reads what the provider posts: verifies the signature on the raw bytes first, and reads receipts and what people wrote.
   * Must not throw for bad input. Undefined: it posts nothing.
   */
  hook?(request: HookRequest): Promise<HookAnswer> | HookAnswer
  close?(): Promise<void>
}

/** Arguments with which a kind opens one named sender. */
export interface SenderUse<Settings = unknown> {
  /** Its name: `main` of `SENDERS=main:twilio`. */
  readonly name: string
  /** `SENDER_MAIN_...`, by the kind's `settings`. Secrets are here and nowhere else. */
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  /** Reaches the host of the setting `url`, and no other. */
  readonly net: Net
  /** The outcome that one of the provider's codes stands for, by the kind's `codes` and `SENDER_MAIN_CODES`. */
  readonly outcomeOf: OutcomeOf
  /** `PUBLIC_URL/hooks/main`; undefined without PUBLIC_URL: then the provider is not asked for receipts. */
  readonly hookUrl: string | undefined
  /** Stores receipts that the sender comes upon by itself, without a post to its hook. Undefined: none are wanted. */
  readonly receipts?: ((receipts: readonly Receipt[]) => Promise<void>) | undefined
}

/** A kind of sender, which a plugin contributes under its name: `senders: { acme: defineSender({ ... }) }`. */
export interface SenderKind<Granted, Settings extends TObject = TObject> {
  readonly channels: readonly Channel[]
  /**
   * Settings of each sender of this kind: `accountSid` is `SENDER_<NAME>_ACCOUNT_SID`. `url`: base of the provider's
   * addresses. A property's `env` names the variable that counts for the senders `sms` and `whatsapp` of SMS_SENDER and
   * WHATSAPP_SENDER.
   */
  readonly settings?: Settings
  /**
   * True when asking twice with one idempotency key delivers once. `unsaid`: it depends on the provider behind it, so a
   * setting says so (`SENDER_<NAME>_IDEMPOTENT`), and it counts as false where none does.
   */
  readonly idempotent: boolean | 'unsaid'
  /** Default: `none`. */
  readonly reference?: Reference
  /** True when it sends a provider's templates. Otherwise their messages are not handed to it. */
  readonly templates?: boolean
  /**
   * Hours after a person's message in which the provider takes texts on WhatsApp (WhatsApp's customer service window is 24);
   * outside of them it takes templates alone, and no text is handed to it. Absent: it takes texts at any time.
   */
  readonly textWindowHours?: number
  /** Defaults: no rate, no bound, one message a call. Settings and `PATCH /senders/{name}` change rate and concurrency. */
  readonly limits?: Partial<Limits>
  /** Meanings of the provider's codes. */
  readonly codes?: CodeTable
  /** @throws BootError when its settings contradict each other */
  open(granted: Granted, use: SenderUse<Static<Settings>>): OpenSender
}

/** Returns the kind as it is: its use is the types that it infers. */
export function defineSender<Granted, Settings extends TObject = TObject>(
  kind: SenderKind<Granted, Settings>,
): SenderKind<Granted, Settings> {
  return kind
}
