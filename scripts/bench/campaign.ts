/** One campaign from the first request to its end, timed by the database's clock, with every recipient accounted for. */
import type postgres from 'postgres'
import { openApi } from '../support/api.ts'
import { TEMPLATE } from './customers.ts'

const OVER_WITHIN_MS = 600_000
const LOOK_EVERY_MS = 20

export interface CampaignRun {
  /** From the request to /send to the campaign's end, which is after the last outcome has been committed. */
  readonly seconds: number
  readonly sent: number
  readonly failed: number
}

export interface CampaignOptions {
  readonly recipients: number
  /** The first customer's id; the others follow on it. */
  readonly from?: number
  /** Allows failures: then only the recipient invariant must hold. */
  readonly mayFail?: boolean
}

export interface CreatedCampaign {
  readonly id: number
}

export const idsFrom = (from: number, count: number) => Array.from({ length: count }, (_, nth) => from + nth)

/** Fewer than a call may name: the first messages are on their way while the next ids are queued. */
const IDS_A_CALL = 20_000

/** In as many calls to /send as it takes. */
export async function sendAll(url: string, campaign: number, ids: readonly number[]): Promise<void> {
  const api = openApi(url)
  for (let at = 0; at < ids.length; at += IDS_A_CALL)
    await api.post(`/campaigns/${campaign}/send`, { customer_ids: ids.slice(at, at + IDS_A_CALL) })
}

export async function createCampaign(url: string, more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const body = { name: 'Bench', channel: 'sms', base_template: TEMPLATE, ...more }
  return (await openApi(url).post<CreatedCampaign>('/campaigns', body)).id
}

/** @throws Error unless every recipient came to an end, and to be `sent` where none may fail */
export async function runCampaign(
  url: string,
  sql: postgres.Sql,
  { recipients, from = 1, mayFail = false }: CampaignOptions,
): Promise<CampaignRun> {
  const ids = idsFrom(from, recipients)
  const id = await createCampaign(url)
  const [start] = await sql`select clock_timestamp() as at`
  await sendAll(url, id, ids)
  const { seconds } = await waitOver(sql, id, recipients, start?.at)
  const counted = await countOutcomes(sql, id)
  const { sent, failed } = counted
  if (sent + failed !== recipients || (!mayFail && failed > 0))
    throw new Error(`Campaign ${id}: ${sent} sent and ${failed} failed of ${recipients}`)
  return { seconds, sent, failed }
}

async function waitOver(sql: postgres.Sql, id: number, total: number, start: unknown): Promise<{ seconds: number }> {
  const begun = performance.now()
  for (;;) {
    const [over] = await sql<{ seconds: number }[]>`
      select extract(epoch from completed_at - ${start as Date}::timestamptz)::float8 as seconds
      from campaigns where id = ${id} and completed_at is not null and total = ${total}`
    if (over) return over
    if (performance.now() - begun > OVER_WITHIN_MS)
      throw new Error(`Campaign ${id} is not over after ${OVER_WITHIN_MS} ms`)
    await Bun.sleep(LOOK_EVERY_MS)
  }
}

/** By the messages themselves, not by the counters. */
async function countOutcomes(sql: postgres.Sql, id: number): Promise<{ sent: number; failed: number }> {
  const [row] = await sql<{ sent: number; failed: number }[]>`
    select (count(*) filter (where status = 'sent'))::int as sent, (count(*) filter (where status = 'failed'))::int as failed
    from outbound_messages where campaign_id = ${id}`
  return row ?? { sent: 0, failed: 0 }
}
