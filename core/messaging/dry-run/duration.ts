/** Time that messages take at the limits of the senders that carry them now. Pure. */
import type { Channel } from '../schema.ts'
import { type CountryLimit, mostPerSecond, type Share } from '../senders/pace.ts'
import type { CampaignTexts } from '../text/languages.ts'
import type { CountryMessages } from './estimate.ts'

export interface Duration {
  /** `unlimited`: no limit is set. `blocked`: for some messages no sender can send now. */
  readonly pace: 'limited' | 'unlimited' | 'blocked'
  /** Null unless it is limited. */
  readonly seconds: number | null
}

interface Sending extends CampaignTexts {
  readonly channel: Channel
  readonly max_rate: number | null
  readonly countries: readonly CountryMessages[]
  readonly limits: readonly CountryLimit[]
}

export function durationOf({ countries, limits, ...campaign }: Sending): Duration {
  const shares = new Map<string | null, Share>()
  let [messages, parts] = [0, 0]
  for (const one of countries) {
    const { sender = null, limit = null } = limits.find(({ country }) => country === one.country) ?? {}
    shares.set(sender, { left: (shares.get(sender)?.left ?? 0) + one.messages, limit })
    messages += one.messages
    parts += one.parts
  }
  if (messages === 0) return { pace: 'limited', seconds: 0 }
  if ([...shares.values()].some(({ limit }) => limit === null)) return { pace: 'blocked', seconds: null }
  const rate = mostPerSecond({ ...campaign, parts: parts / messages, shares: [...shares.values()] })
  if (rate === Number.POSITIVE_INFINITY) return { pace: 'unlimited', seconds: null }
  return { pace: 'limited', seconds: Math.ceil(messages / rate) }
}
