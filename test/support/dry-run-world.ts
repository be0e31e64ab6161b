/** Generated customers, campaigns and audiences for dry runs, in which messages are skipped for every reason. */
import fc from 'fast-check'
import type { NewCampaign } from '../../core/messaging/campaign/campaigns.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import { type SuppressionReason, suppressionReasons } from '../../core/messaging/suppressions/tables.ts'
import { transliterations } from '../../core/messaging/text/transliterate.ts'
import { isBlank } from '../../core/text/invisible.ts'

export interface Person {
  readonly phone: string
  readonly first_name: string | null
  readonly location: string | null
  readonly language: string | null
  readonly attributes: Readonly<Record<string, string | number>>
  /** Suppression of the phone on all channels. */
  readonly suppression: SuppressionReason | null
  /** The person had a marketing message yesterday: as many as the cap allows. */
  readonly written: boolean
}

/** Beginnings of phones of Kenya, Uganda, the United States, Canada, Jersey, Kazakhstan, and of satellite phones. */
const beginnings = ['+25471234', '+25677212', '+1212555', '+1416555', '+44779770', '+7701123', '+87077712'] as const

const person = fc.record({
  beginning: fc.constantFrom(...beginnings),
  first_name: fc.constantFrom(null, '', '\u200b', 'Amina', 'Zoë', 'Łukasz', '🎉'),
  location: fc.constantFrom(null, 'Nairobi', 'Kisumu'),
  language: fc.constantFrom(null, 'sw', 'de', 'fr'),
  attributes: fc.record(
    { points: fc.constantFrom(1, 1234.5, 12_000), due: fc.constant('2030-01-31') },
    { requiredKeys: [] },
  ),
  suppression: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.constantFrom(...suppressionReasons)),
  written: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
})

/** Numbers of their own: the place in the list ends each. */
export const people: fc.Arbitrary<Person[]> = fc
  .array(person, { minLength: 1, maxLength: 12 })
  .map((all) =>
    all.map(({ beginning, ...one }, nth) => ({ ...one, phone: `${beginning}${String(nth).padStart(4, '0')}` })),
  )

interface Piece {
  readonly text: string
  /** Value without a fallback. */
  readonly field?: string
}

const pieces: readonly Piece[] = [
  { text: '{first_name}', field: 'first_name' },
  { text: '{ location }', field: 'location' },
  { text: '{points}', field: 'attributes.points' },
  { text: '{attributes.points:number}', field: 'attributes.points' },
  { text: '{due:date}', field: 'attributes.due' },
  { text: '{first_name|rafiki}' },
  { text: '{location|mji wako}' },
  { text: '{due|soon}' },
  { text: ' ' },
  { text: 'Hi ' },
  { text: '€5 {}' },
  { text: '’' },
  { text: 'a'.repeat(150) },
]
const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((all) => ({
  text: all.map((piece) => piece.text).join(''),
  fields: [...new Set(all.flatMap(({ field }) => field ?? []))],
}))

export interface World {
  readonly campaign: NewCampaign & { readonly expired: boolean }
  /** Values that a message needs. */
  readonly fields: readonly string[]
  readonly people: readonly Person[]
  /** Customers who are recipients before. */
  readonly before: readonly boolean[]
  readonly audience: 'some' | 'everyone' | 'Nairobi' | 'all but Nairobi'
  /** For `some`. */
  readonly named: readonly boolean[]
}

const choices = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 })

export const world: fc.Arbitrary<World> = fc
  .record({
    channel: fc.constantFrom('sms' as const, 'sms' as const, 'whatsapp' as const),
    base: text,
    parameters: fc.option(fc.array(text, { minLength: 1, maxLength: 2 })),
    expired: fc.nat({ max: 3 }).map((nth) => nth === 0),
    people,
    before: fc.oneof(fc.constant([]), choices),
    audience: fc.constantFrom('some' as const, 'everyone' as const, 'Nairobi' as const, 'all but Nairobi' as const),
    named: choices,
    written: fc.constantFrom(...transliterations),
  })
  .map(({ channel, base, parameters, expired, written, ...rest }) => {
    const filled = channel === 'whatsapp' ? parameters : null
    const template = filled && { name: 'sale', language: 'en', parameters: filled.map((one) => one.text) }
    return {
      ...rest,
      campaign: {
        name: 'Test',
        channel,
        base_template: base.text,
        template,
        expired,
        transliteration: channel === 'sms' ? written : 'none',
      },
      fields: filled ? [...new Set(filled.flatMap(({ fields }) => fields))] : base.fields,
    }
  })

const nobody: Person = {
  phone: '+254712340000',
  first_name: null,
  location: null,
  language: null,
  attributes: {},
  suppression: null,
  written: false,
}
const refused: Person = { ...nobody, phone: '+254712340003', first_name: 'Amina' }
const writtenTo: Person = { ...nobody, phone: '+254712340005', first_name: 'Amina', written: true }
const toAll = { people: [nobody, refused, writtenTo], before: [], audience: 'everyone', named: [] } as const
const campaign = {
  name: 'Test',
  channel: 'sms',
  base_template: '{first_name}',
  template: null,
  expired: false,
} as const
const template = { name: 'sale', language: 'en', parameters: ['{first_name}'] }

/** Worlds that have a message skipped for every reason between them. */
export const everyReason: readonly World[] = [
  { ...toAll, fields: ['first_name'], campaign },
  {
    ...toAll,
    fields: ['first_name'],
    people: suppressionReasons.map((suppression, nth) => ({ ...nobody, phone: `+25471234001${nth}`, suppression })),
    campaign,
  },
  { ...toAll, fields: ['first_name'], campaign: { ...campaign, expired: true } },
  {
    ...toAll,
    fields: ['first_name'],
    campaign: { ...campaign, channel: 'whatsapp', base_template: 'Hi', template },
  },
]

/** A policy of a plugin that refuses some phones. */
export const refusesSome: Policy = {
  name: 'some phones',
  decide: ({ phone }) => (phone?.endsWith('3') ? { kind: 'skip', code: 'policy.refused' } : { kind: 'send' }),
}

/** Does a person lack the value, as `World.fields` names it? */
export function lacks({ attributes, ...columns }: Person, field: string): boolean {
  if (field.startsWith('attributes.')) return attributes[field.slice('attributes.'.length)] === undefined
  const value = field === 'first_name' ? columns.first_name : columns.location
  return value === null || isBlank(value)
}
