/**
 * The work that is the same for all: a message row for each recipient, and later its customer read, its text rendered,
 * nothing sent, and the row set to `sent`, in one statement for as many as there are. Runs on Bun and on Node.
 */
import type postgres from 'postgres'
import { compileTemplate, type TemplateCustomer } from '../../../core/messaging/text/template.ts'

/** Payload of a job. */
export interface Message {
  readonly id: string
  readonly customer: number
}

export const TEMPLATE = 'Habari {first_name|rafiki}, {prefered_product|something new} waits in {location|town}'
const template = compileTemplate(TEMPLATE)

/** Writes the rows of so many recipients, `pending`. */
export function queueMessages(sql: postgres.Sql, customers: readonly number[]): Promise<readonly Message[]> {
  return sql<Message[]>`insert into outbound_messages (campaign_id, customer_id)
    select 1, id from unnest(${customers as number[]}::int[]) id returning id, customer_id as customer`
}

/** A provider that takes everything and reaches nobody. @returns its id for the message */
const send = (message: Message, _text: string) => `mock-${message.id}`

/** Sends messages and writes their outcomes, durably. One that was written before shows: `attempts` is then above 1. */
export async function settle(sql: postgres.ISql, messages: readonly Message[]): Promise<void> {
  const customers = await sql<(TemplateCustomer & { id: number })[]>`
    select id, first_name, last_name, phone, location, prefered_product from customers
    where id = any(${messages.map((one) => one.customer)})`
  const known = new Map(customers.map((one) => [one.id, one]))
  const texts = messages.map((one) => template.render(known.get(one.customer) ?? {}))
  const refs = messages.map((one, nth) => send(one, texts[nth] ?? ''))
  await sql`update outbound_messages m set status = 'sent', attempts = m.attempts + 1, turn = m.turn + 1,
      updated_at = clock_timestamp(), provider_message_id = d.ref, rendered_content = d.text
    from unnest(${messages.map((one) => one.id)}::bigint[], ${refs}::text[], ${texts}::text[]) as d (id, ref, text)
    where m.id = d.id`
}

/**
 * @param start the server's clock at the first enqueue
 * @returns seconds from there to the last outcome, by the server's clock
 * @throws Error unless every one of the recipients is `sent`, with its text and its provider's id, once
 */
export async function judge(sql: postgres.Sql, recipients: number, start: Date | string): Promise<number> {
  const [row] = await sql<{ all: number; once: number; customers: number; seconds: number }[]>`
    select count(*)::int as all, count(distinct customer_id)::int as customers,
      count(*) filter (where status = 'sent' and attempts = 1 and provider_message_id = 'mock-' || id
        and rendered_content like 'Habari %')::int as once,
      extract(epoch from max(updated_at) - ${start}::timestamptz)::float8 as seconds
    from outbound_messages`
  if (row && row.all === recipients && row.once === recipients && row.customers === recipients) return row.seconds
  throw new Error(`Not each of ${recipients} was sent to once: ${JSON.stringify(row)}`)
}
