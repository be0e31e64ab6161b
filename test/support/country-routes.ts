/** Routes by country in tests: senders for some countries, and customers of several. */
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'
import { addCampaign, type Dispatch, openDispatch, range } from './dispatch.ts'
import { openSender } from './senders.ts'

export const ALL_SENDERS = ['main', 'spare', 'at', 'ca'] as const

/** Sets the routes as a start with these settings would: `{ route: ['main'], KE: ['at', 'main'] }`. */
export async function setRoutes(
  db: Kysely<Database>,
  { route = ['main', 'spare'], ...countries }: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const senders = ALL_SENDERS.map((name) => openSender(name))
  await registerSenders(db, sendersOf(senders, { sms: route, whatsapp: [] }, { sms: countries, whatsapp: {} }))
}

/** Numbers of which some share a calling code. */
const samples: Readonly<Record<string, (nth: number) => string>> = {
  KE: (nth) => `+25471${String(2_000_000 + nth)}`,
  US: (nth) => `+1202${String(2_000_000 + nth)}`,
  CA: (nth) => `+1416${String(2_000_000 + nth)}`,
  GB: (nth) => `+4474${String(10_000_000 + nth)}`,
  GG: (nth) => `+447781${String(100_000 + nth)}`,
  KZ: (nth) => `+7771${String(2_000_000 + nth)}`,
  RU: (nth) => `+7912${String(2_000_000 + nth)}`,
  NG: (nth) => `+23480${String(32_000_000 + nth)}`,
}

/**
 * Customers of these countries in turn, numbered from 1.
 * @returns their countries, by id - 1
 */
export async function addPeople(db: Kysely<Database>, countries: readonly string[], count: number): Promise<string[]> {
  const of = Array.from({ length: count }, (_, nth) => countries[nth % countries.length] ?? '')
  const phones = of.map((country, nth) => ({ phone: samples[country]?.(nth) ?? '' }))
  for (let at = 0; at < count; at += 5000)
    await db
      .insertInto('customers')
      .values(phones.slice(at, at + 5000))
      .execute()
  return of
}

/** A campaign that is being sent to people of these countries in turn. */
export async function startTo(db: Kysely<Database>, countries: readonly string[], count: number) {
  const dispatch = openDispatch(db, 'w1', ALL_SENDERS)
  const of = await addPeople(db, countries, count)
  const campaignId = await addCampaign(db)
  await dispatch.queue(campaignId, range(1, count))
  return { ...dispatch, campaignId, of }
}

/** Claims until nothing can be claimed, and answers who carries which country. */
export async function claimAll({ claim }: Pick<Dispatch, 'claim'>): Promise<Record<string, string>> {
  const carried: Record<string, string> = {}
  for (let lease = await claim(); lease; lease = await claim()) carried[lease.country ?? 'rest'] = lease.sender
  return carried
}
