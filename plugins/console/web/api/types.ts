/** Types of the API's answers, taken from the routes themselves, and the words that the console has for them. */
import type { AttributeType } from '../../../../core/messaging/contacts/attributes.ts'
import { type CustomerField, customerFields } from '../../../../core/messaging/contacts/csv/columns.ts'
import type { Api } from '../../../index.ts'

type Routes = Api['~Routes']
type Campaigns = Routes['campaigns']
type Customers = Routes['customers']

export type Campaign = Campaigns[':id']['get']['response'][200]
export type Channel = Campaign['channel']
export const channels = ['sms', 'whatsapp'] as const satisfies readonly Channel[]
export const channelNames: Readonly<Record<Channel, string>> = { sms: 'SMS', whatsapp: 'WhatsApp' }
export type DryRun = Campaigns[':id']['dry-run']['post']['response'][200]
export type Stats = Campaign['stats']
/** Reason why a campaign waits. */
export type Waiting = NonNullable<Campaign['waiting']>

type WholeCustomer = Customers[':id']['get']['response'][200]
export type Customer = Pick<WholeCustomer, 'id' | CustomerField> &
  Partial<Pick<WholeCustomer, 'attributes' | 'language' | 'time_zone'>> & { readonly tags?: readonly string[] }
/** A declared attribute of customers. */
export type Attribute = Omit<Routes['attributes']['get']['response'][200]['data'][number], 'type'> & {
  readonly type: AttributeType
}
export const attributeTypeNames: Readonly<Record<AttributeType, string>> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
}
export type Segment = Routes['segments']['get']['response'][200]['data'][number]
export type SegmentPreview = Routes['segments']['preview']['post']['response'][200]
/** Fields that a form may change. */
export { type CustomerField, customerFields }
export const fieldNames: Readonly<Record<CustomerField, string>> = {
  phone: 'Phone',
  first_name: 'First name',
  last_name: 'Last name',
  location: 'Location',
  prefered_product: 'Preferred product',
}

type CustomerPage = Customers['get']['response'][200]
export interface Page<T> {
  readonly data: readonly T[]
  readonly pagination: CustomerPage['pagination']
}

export type Recipient = Campaigns[':id']['messages']['get']['response'][200]['data'][number]
/** A message to one customer. */
export type CustomerMessage = Customers[':id']['messages']['get']['response'][200]['data'][number]
export type Message = Omit<Recipient, 'customer'>
export type Outcome = Recipient['status']
/** In the order in which the bar shows them. */
export const outcomes = [
  'sent',
  'sending',
  'pending',
  'skipped',
  'unknown',
  'failed',
] as const satisfies readonly Outcome[]
/** Parts of the sent messages by their receipts; `read` is a part of `delivered`. */
export const deliveries = ['delivered', 'read', 'undelivered', 'awaiting'] as const
export type Delivery = (typeof deliveries)[number]
export const deliveryNames: Readonly<Record<Delivery, string>> = {
  delivered: 'Delivered',
  read: 'Read',
  undelivered: 'Undelivered',
  awaiting: 'Awaiting receipt',
}
export type Failure = Campaigns[':id']['failures']['get']['response'][200]['failures'][number]

export type Sender = Routes['senders']['get']['response'][200]['senders'][number]
/** Units of a sender's rate. */
export const unitNames: Readonly<Record<Sender['unit'], string>> = { segment: 'message parts', message: 'messages' }
export type SenderCheck = Routes['senders'][':name']['check']['get']['response'][200]
export type SenderTemplates = Routes['senders'][':name']['templates']['get']['response'][200]
export type ListedTemplate = SenderTemplates['templates'][number]
/** An approved template of a campaign. */
export type ApprovedTemplate = NonNullable<Campaign['template']>
export type Route = Routes['routes']['get']['response'][200]['routes'][number]
/** The price list, and a price of it. */
export type PriceList = Routes['prices']['get']['response'][200]
export type Price = PriceList['prices'][number]
/** The policies that hold marketing messages; the document may have more parts than these types know. */
export type Policies = Routes['policies']['get']['response'][200]
export type QuietHours = Policies['quiet_hours'][number]
export type PolicyPreset = Routes['policies']['presets']['get']['response'][200]['data'][number]
export type Suppression = Routes['suppressions']['get']['response'][200]['data'][number]
export const suppressedChannelNames: Readonly<Record<Suppression['channel'], string>> = {
  all: 'All channels',
  ...channelNames,
}
/** Names of the reasons why nothing is sent to a phone. */
export const reasonNames: Readonly<Record<Suppression['reason'], string>> = {
  opt_out: 'Opted out',
  complaint: 'Complained',
  manual: 'Added by hand',
  invalid: 'Number cannot be reached',
  erased: 'Person was erased',
}
type StoredConsent = Customers[':id']['consents']['get']['response'][200]['data'][number]
/** A record of what a customer agreed to, or withdrew. */
export type Consent = Omit<StoredConsent, 'captured_at' | 'created_at'> & { readonly captured_at: string }
export type SuppressReport = Routes['suppressions']['post']['response'][200]
export type LiftReport = Routes['suppressions'][':phone']['delete']['response'][200]
/** Report of an import of suppressions; as for that of customers, its route has no type for it. */
export interface SuppressionImportReport extends Omit<ImportReport, 'created' | 'updated'> {
  readonly added: number
  readonly known: number
}
type StoredInbound = Routes['inbound']['get']['response'][200]['data'][number]
type InboundTime = 'received_at' | 'reviewed_at'
/** A message that a person wrote. */
export type Inbound = Omit<StoredInbound, InboundTime | 'sent_at'> & {
  readonly received_at: string
  readonly reviewed_at: string | null
}
export type Intent = NonNullable<Inbound['intent']>
/** Names of the readings of what people wrote. */
export const intentNames: Readonly<Record<Intent, string>> = {
  stop: 'Opt-out',
  near_stop: 'Maybe an opt-out',
  start: 'Wants messages again',
  help: 'Asks for help',
  other: 'Something else',
}
export type Purpose = Campaign['purpose']
export const purposeNames: Readonly<Record<Purpose, string>> = { marketing: 'Marketing', service: 'Service' }
export type Priority = Campaign['priority']
export type Transliteration = Campaign['transliteration']
export const transliterationNames: Readonly<Record<Transliteration, string>> = {
  none: 'As written',
  punctuation: 'Plain quotes and dashes',
  letters: 'Plain letters too, also in names',
}
export const priorityNames: Readonly<Record<Priority, string>> = { high: 'High', normal: 'Normal', low: 'Low' }

/** One event of the live stream. */
export type Snapshot = Routes['stats']['get']['response'][200]
export type UnderWay = Snapshot['campaigns'][number]
export type Worker = Snapshot['workers'][number]
export type Health = Snapshot['health']

/** The body of an import is read as it arrives, so its route has no type for the answer. */
export interface ImportReport {
  readonly rows: number
  readonly created: number
  readonly updated: number
  readonly refused: number
  readonly refusals: readonly { readonly line: number; readonly path: string; readonly message: string }[]
  readonly ignored_fields: readonly string[]
  /** Only where consents are recorded. */
  readonly consents_recorded?: number
  readonly consents_withdrawn?: number
  readonly encoding: string
}
