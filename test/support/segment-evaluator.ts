/**
 * Meaning of a segment's rule, on customers in memory: by the README (Segments) alone, and written apart from the code that
 * it judges.
 */

type Json = Readonly<Record<string, unknown>>
type Value = string | number | boolean

export interface TestCustomer {
  readonly id: number
  readonly phone: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly location: string | null
  readonly prefered_product: string | null
  readonly language: string | null
  readonly time_zone: string | null
  readonly created_at: Date
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, Value>>
}

export interface TestMessage {
  readonly campaign_id: number
  readonly customer_id: number
  readonly status: 'pending' | 'sent' | 'failed' | 'skipped' | 'unknown'
  readonly delivery: 'submitted' | 'undelivered' | 'delivered' | 'read' | null
  readonly created_at: Date
  readonly updated_at: Date | null
}

export interface TestCampaign {
  readonly id: number
  readonly channel: 'sms' | 'whatsapp'
  readonly completed_at: Date | null
}

export interface World {
  readonly now: number
  readonly types: Readonly<Record<string, 'text' | 'number' | 'boolean' | 'date'>>
  readonly customers: readonly TestCustomer[]
  readonly messages: readonly TestMessage[]
  readonly campaigns: readonly TestCampaign[]
  /** Rules by the ids of segments. */
  readonly segments: ReadonlyMap<number, Json>
}

const DAY = 86_400_000
const codes: Readonly<Record<string, string>> = { KE: '254', UG: '256', NG: '234', ZA: '27', IN: '91', DE: '49' }

/** @returns ids in ascending order */
export const evaluate = (rule: Json, world: World): number[] =>
  world.customers
    .filter((customer) => fits(rule, customer, world))
    .map(({ id }) => id)
    .sort((a, b) => a - b)

function fits(rule: Json, customer: TestCustomer, world: World): boolean {
  const inner = (one: unknown) => fits(one as Json, customer, world)
  if ('all' in rule) return (rule.all as Json[]).every(inner)
  if ('any' in rule) return (rule.any as Json[]).some(inner)
  if ('not' in rule) return !inner(rule.not)
  if ('tag' in rule) return customer.tags.includes(String(rule.tag).toLowerCase())
  if ('segment' in rule) return inner(world.segments.get(rule.segment as number))
  if ('field' in rule) return fieldFits(rule, customer, world)
  return messagesFit(rule, customer, world)
}

/** Midnight of the day, in UTC, that is so many days before today. */
const midnight = (world: World, daysAgo: number) => (Math.floor(world.now / DAY) - daysAgo) * DAY
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

function messagesFit(rule: Json, { id }: TestCustomer, world: World): boolean {
  const own = world.messages.filter(({ customer_id }) => customer_id === id)
  if ('never_written_to' in rule)
    return own.some(({ status }) => status === 'sent' || status === 'unknown') !== rule.never_written_to
  if ('campaign' in rule) {
    const since = rule.within_days === undefined ? -Infinity : midnight(world, rule.within_days as number)
    return own.some(
      (message) =>
        message.campaign_id === rule.campaign &&
        (message.updated_at ?? message.created_at).getTime() >= since &&
        (rule.outcome === undefined || (rule.outcome as string[]).some((outcome) => hasOutcome(message, outcome))),
    )
  }
  const since = midnight(world, rule.received_within_days as number)
  return own.some((message) => {
    const campaign = world.campaigns.find((one) => one.id === message.campaign_id)
    if (rule.channel !== undefined && campaign?.channel !== rule.channel) return false
    if (message.status !== 'sent' || message.delivery === 'undelivered') return false
    const at = Math.min(message.updated_at?.getTime() ?? Infinity, campaign?.completed_at?.getTime() ?? Infinity)
    return at !== Infinity && at >= since
  })
}

function hasOutcome({ status, delivery }: TestMessage, outcome: string): boolean {
  if (outcome === 'awaiting') return status === 'sent' && (delivery === null || delivery === 'submitted')
  if (outcome === 'delivered') return delivery === 'delivered' || delivery === 'read'
  return outcome === 'undelivered' || outcome === 'read' ? delivery === outcome : status === outcome
}

function fieldFits(rule: Json, customer: TestCustomer, world: World): boolean {
  const name = (rule.field as string).replace('preferred_product', 'prefered_product')
  if (name === 'country') return countryFits(rule, customer)
  if (name === 'created_at') return timeFits(rule, customer.created_at.getTime(), world)
  if (name === 'phone') return testFits(rule, customer.phone, (text) => String(text), world)
  const attribute = /^attributes\.(.*)$/.exec(name)?.[1]
  if (attribute === undefined) return textFits(rule, customer[name as 'location'], world)
  const type = world.types[attribute]
  const stored = Object.hasOwn(customer.attributes, attribute) ? customer.attributes[attribute] : undefined
  const value = typeof stored === (type === 'text' || type === 'date' ? 'string' : type) ? stored : undefined
  if (type === 'text') return textFits(rule, (value as string | undefined) ?? null, world)
  return testFits(rule, value, (one) => one, world)
}

const textFits = (rule: Json, text: string | null, world: World) =>
  testFits(rule, text === null || /^[ \t\r\n]*$/.test(text) ? undefined : text, (one) => fold(String(one)), world)

function testFits(rule: Json, value: Value | undefined, by: (value: Value) => Value, world: World): boolean {
  if ('exists' in rule) return (value !== undefined) === rule.exists
  const is = (other: unknown) => value !== undefined && by(value) === by(other as Value)
  if ('is' in rule) return is(rule.is)
  if ('is_not' in rule) return !is(rule.is_not)
  if ('in' in rule) return (rule.in as unknown[]).some(is)
  if (value === undefined) return false
  if ('contains' in rule) return String(by(value)).includes(String(by(rule.contains as Value)))
  if ('starts_with' in rule) return String(by(value)).startsWith(String(by(rule.starts_with as Value)))
  if ('at_least' in rule) return value >= (rule.at_least as Value)
  if ('at_most' in rule) return value <= (rule.at_most as Value)
  if ('before' in rule) return value < (rule.before as Value)
  if ('after' in rule) return value > (rule.after as Value)
  const days = rule.within_days as number
  const ends = [midnight(world, days), midnight(world, 0)].sort((a, b) => a - b).map(dayOf)
  return value >= (ends[0] ?? '') && value <= (ends[1] ?? '')
}

function countryFits(rule: Json, { phone }: TestCustomer): boolean {
  const is = (country: unknown) => phone.startsWith(`+${codes[country as string]}`)
  if ('is' in rule) return is(rule.is)
  return 'in' in rule ? (rule.in as unknown[]).some(is) : !is(rule.is_not)
}

/** A time compared with a day counts as the day that it falls on. */
function timeFits(rule: Json, time: number, world: World): boolean {
  const moment = (rule.before ?? rule.after) as string | undefined
  if (moment?.includes('T')) return 'before' in rule ? time < Date.parse(moment) : time > Date.parse(moment)
  return testFits(rule, dayOf(time), (one) => one, world)
}

const ignored = /[\u0300-\u036f]|[\u00ad\u200b-\u200f\ufeff]/g
const singles: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe', '’': "'" }

/** As search folds text. */
function fold(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase()
  const plain = text.normalize('NFKD').replace(ignored, '').toLowerCase()
  return plain.replace(/[łøđßæœ’]/g, (letter) => singles[letter] ?? letter)
}
