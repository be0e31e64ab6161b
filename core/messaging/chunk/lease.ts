/** Leases of chunks: what a worker is told of a chunk that it claimed. */
import type { Purpose } from '../purpose.ts'
import type { Channel } from '../schema.ts'
import type { TextsByLanguage } from '../text/languages.ts'
import type { ProviderTemplate } from '../text/provider-template.ts'
import type { Transliteration } from '../text/transliterate.ts'

/** A chunk that is ours until `lease_until`, and what is needed to work on it. */
export interface Lease {
  readonly id: string
  readonly campaign_id: number
  readonly turn: number
  readonly first_id: string
  readonly last_id: string
  readonly ids: string[] | null
  /** Messages, those included that have an outcome already. */
  readonly size: number
  readonly epoch: number
  /** Messages up to here may have been started by an earlier owner: those without an outcome are in doubt. */
  readonly started_upto: string
  /** Id of the request that queued its messages, for the log. */
  readonly request_id: string | null
  readonly channel: Channel
  /** Name of the sender that it is claimed for. */
  readonly sender: string
  /** The sender that may hold messages of it in doubt. */
  readonly pinned: string | null
  /** Country of its messages' phones; null: any. */
  readonly country: string | null
  /** Unit of its sender's limits; null where it has none. */
  readonly limited: 'segment' | 'message' | null
  readonly base_template: string
  /** Texts of the campaign by language; null: none. */
  readonly texts: TextsByLanguage | null
  /** The provider's approved template of the campaign. */
  readonly template: ProviderTemplate | null
  /** Milliseconds from the claim until nothing more is to be started; null: no such time. */
  readonly expires_in_ms: number | null
  readonly purpose: Purpose
  /** True where marketing needs the consent of the customer (`consents/rule.ts`). */
  readonly consent_required: boolean
  readonly transliteration: Transliteration
  /** Version of the policies at the claim; null: none are set. */
  readonly policies: number | null
  /** The database's time of the claim, in milliseconds since the epoch. Quiet hours go by no other clock. */
  readonly claimed_at: number
  /** This process's monotonic milliseconds just before it asked for the chunk, and when it had it. */
  readonly asked: number
  readonly answered: number
  /** It may send although its sender's circuit is open. */
  readonly probe: boolean
  /** Number of times that its sender's circuit had closed; null unless it is a probe. */
  readonly closings: number | null
  /** Its messages waited for receipts, which did not come. */
  readonly awaiting: boolean
  /** Claims in a row before this one after which nothing had moved (race 20). */
  readonly stalled: number
}
