/** Messages of a sample as they would be sent, by country: the worker's own texts and checks. Pure. */
import type { Texts } from '../campaign/texts.ts'
import { CONSENT_SHIFT, refusedConsent } from '../consents/flags.ts'
import { candidateOf } from '../policy/candidate.ts'
import { type Decision, decide, type Policies, type Policy } from '../policy/policy.ts'
import type { Channel } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'
import { suppressionOf } from '../suppressions/flags.ts'
import { countParts, countSegments } from '../text/segments.ts'
import type { TemplateCustomer } from '../text/template.ts'
import { type Transliteration, transliterate, transliterations } from '../text/transliterate.ts'

export interface SampledCustomer extends TemplateCustomer {
  readonly id: number
  readonly phone: string
  readonly suppressed: number
  readonly consent: number
  /** IANA name, where it was read. */
  readonly time_zone?: string | null
  /** The caps hold the customer now. */
  readonly capped: boolean
}

export interface TallyOptions {
  readonly campaignId: number
  readonly channel: Channel
  readonly texts: Texts
  /** Marketing, which consents hold back; undefined: a campaign of another purpose. */
  readonly marketing: { readonly needsConsent: boolean } | undefined
  /** The campaign's time is over when it would begin. */
  readonly expired: boolean
  readonly policies: Policies
  onPolicyFailure(policy: Policy, error: unknown): void
}

/** Customers of one country. */
export interface Tally {
  size: number
  /** Messages that would be sent. */
  messages: number
  deferred: number
  /** The first moment for which one of these waits, in milliseconds since the epoch; Infinity: none is known. */
  deferredUntil: number
  readonly skips: Map<MessageCode, number>
  /** Customers by the value that they lack. */
  readonly lacking: Map<string, number>
  /** Customers by the language of their text; null: the default. None where there is only the default. */
  readonly languages: Map<string | null, number>
  /** Parts of all messages of an SMS campaign; `least` and `most` are those of one message. */
  parts: number
  least: number
  most: number
  ucs2: number
  /** Messages by the character that forces UCS-2. */
  readonly characters: Map<string, number>
  /** Savings by other transliterations than the campaign's own. */
  readonly savings: Map<Transliteration, Saving>
}

export interface Saving {
  /** Parts. */
  saved: number
  /** A message that it changes. */
  readonly before: string
  readonly after: string
}

export const openTally = (): Tally => ({
  size: 0,
  messages: 0,
  deferred: 0,
  deferredUntil: Number.POSITIVE_INFINITY,
  skips: new Map(),
  lacking: new Map(),
  languages: new Map(),
  parts: 0,
  least: Number.POSITIVE_INFINITY,
  most: 0,
  ucs2: 0,
  characters: new Map(),
  savings: new Map(),
})

/** Adds what would become of the message to a customer. */
export function addMessage(tally: Tally, customer: SampledCustomer, options: TallyOptions): void {
  const { texts, channel } = options
  tally.size++
  for (const value of texts.lacking(customer)) increment(tally.lacking, value)
  if (texts.languageOf) increment(tally.languages, texts.languageOf(customer))
  const decision = decideOn(customer, options)
  if (decision.kind === 'defer') addDeferred(tally, decision)
  else if (decision.kind === 'skip') increment(tally.skips, decision.code)
  else {
    tally.messages++
    if (channel === 'sms') addParts(tally, decision.text)
  }
}

function addDeferred(tally: Tally, { until }: { readonly until?: number }): void {
  tally.deferred++
  if (until !== undefined) tally.deferredUntil = Math.min(tally.deferredUntil, until)
}

type Decided =
  | Extract<Decision, { readonly kind: 'defer' }>
  | { readonly kind: 'skip'; readonly code: MessageCode }
  | { readonly kind: 'send'; readonly text: string }

function decideOn(customer: SampledCustomer, options: TallyOptions): Decided {
  const { campaignId, channel, marketing, expired, texts, policies, onPolicyFailure } = options
  const { id, phone, suppressed, consent, time_zone: timeZone } = customer
  const message = {
    messageId: `dry-run-${id}`,
    campaignId,
    channel,
    phone,
    timeZone,
    suppression: suppressionOf(suppressed, channel),
    refusedConsent: marketing
      ? refusedConsent(suppressed | (consent << CONSENT_SHIFT), channel, marketing.needsConsent)
      : null,
    expired,
  }
  const candidate = candidateOf(message, customer, texts)
  try {
    const decision = decide(policies, candidate, onPolicyFailure)
    if (decision.kind !== 'send') return decision
    return customer.capped ? { kind: 'skip', code: 'capped' } : { kind: 'send', text: candidate.text() }
  } catch {
    // As a worker would end it.
    return { kind: 'skip', code: 'poisoned' }
  }
}

function addParts(tally: Tally, text: string): void {
  const { parts, forcing } = countSegments(text)
  tally.parts += parts
  tally.least = Math.min(tally.least, parts)
  tally.most = Math.max(tally.most, parts)
  if (forcing.length === 0) return
  tally.ucs2++
  for (const character of forcing) increment(tally.characters, character)
  for (const level of transliterations) addSaving(tally, level, text, parts)
}

function addSaving({ savings }: Tally, level: Transliteration, before: string, parts: number): void {
  const after = transliterate(before, level)
  const saved = after === before ? 0 : parts - countParts(after)
  if (saved === 0) return
  const saving = savings.get(level) ?? { saved: 0, before, after }
  savings.set(level, saving)
  saving.saved += saved
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
