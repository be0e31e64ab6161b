/** Types of the API's answers, taken from the routes themselves, and the words that the console has for them. */
import { type CustomerField, customerFields } from '../../../../core/messaging/contacts/csv/columns.ts'
import type { Api } from '../../../index.ts'

type Routes = Api['~Routes']
type Campaigns = Routes['campaigns']
type Customers = Routes['customers']

export type Campaign = Campaigns[':id']['get']['response'][200]
export type Channel = Campaign['channel']
export const channels = ['sms', 'whatsapp'] as const satisfies readonly Channel[]
export const channelNames: Readonly<Record<Channel, string>> = { sms: 'SMS', whatsapp: 'WhatsApp' }
export type Stats = Campaign['stats']
/** Why a campaign stands still. */
export type Waiting = NonNullable<Campaign['waiting']>

export type Customer = Pick<Customers[':id']['get']['response'][200], 'id' | CustomerField>
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
export type Failure = Campaigns[':id']['failures']['get']['response'][200]['failures'][number]

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
  readonly encoding: string
}
