/** Text windows of the customers that a dry run looks at, by the senders that would carry their messages. */
import type { Kysely } from 'kysely'
import type { Policy } from '../policy/policy.ts'
import { findWindows, textWindowPolicy } from '../policy/text-window.ts'
import type { Channel, Database } from '../schema.ts'
import { type CountryLimit, findLimits } from '../senders/pace.ts'

interface Campaign {
  readonly id: number
  readonly channel: Channel
  readonly template: unknown
}

/** A phone and the country as which it counts. */
interface Called {
  readonly phone: string
  readonly country: string | null
}

export interface TextWindows {
  /** Knows the customers that were read last. */
  readonly policy: Policy
  read(customers: readonly Called[]): Promise<void>
}

/** @returns undefined for a campaign whose messages no window holds */
export function openTextWindows(db: Kysely<Database>, { id, channel, template }: Campaign): TextWindows | undefined {
  if (channel !== 'whatsapp' || template) return undefined
  const limits = new Map<string | null, CountryLimit>()
  let left = new Map<string, number>()

  async function learn(countries: readonly (string | null)[]): Promise<void> {
    const unknown = [...new Set(countries)].filter((country) => !limits.has(country))
    if (unknown.length === 0) return
    for (const limit of await findLimits(db, id, unknown)) limits.set(limit.country, limit)
  }

  return {
    policy: textWindowPolicy((phone) => left.get(phone)),
    read: async (customers) => {
      await learn(customers.map(({ country }) => country))
      left = new Map()
      for (const [limit, called] of Map.groupBy(customers, ({ country }) => limits.get(country))) {
        const phones = called.map(({ phone }) => phone)
        const { sender = null, text_window_hours: hours = null } = limit ?? {}
        if (sender === null || hours === null) for (const phone of phones) left.set(phone, Number.POSITIVE_INFINITY)
        else for (const [phone, ms] of await findWindows(db, sender, hours, phones)) left.set(phone, ms)
      }
    },
  }
}
