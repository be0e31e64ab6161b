/** A dry run in words. Pure. */
import { explainCode } from '../../../../../core/messaging/senders/codes.ts'
import { countryName } from '../../../../../core/messaging/text/country-name.ts'
import { type DryRun, fieldNames } from '../../api/types.ts'
import { count, duration, plural } from '../../text/format.ts'
import { languageLabel } from '../../text/language.ts'
import { nameOf } from './segment-count.tsx'

export interface Line {
  readonly label: string
  readonly text: string
  readonly notes: readonly { readonly text: string; readonly isWarning?: boolean }[]
}

const people = (value: number) => plural(value, 'person', 'people')
const peopleWho = (value: number, one: string, many: string) => `${people(value)} ${value === 1 ? one : many}`

/** Each line of the card, in order; those that say nothing are left out. */
export const linesOf = (run: DryRun): Line[] =>
  [
    recipientsOf(run),
    messagesOf(run),
    languagesOf(run),
    missingOf(run),
    partsOf(run),
    costOf(run),
    timeOf(run),
  ].flatMap((line) => line ?? [])

/** Exact figures are written plainly. */
const about = ({ sample }: DryRun) => (sample.error === 0 ? '' : 'about ')

function recipientsOf(run: DryRun): Line {
  const { recipients, already_recipients: already } = run
  const notes =
    already > 0
      ? [
          {
            text: `${plural(already, 'more is a recipient', 'more are recipients')} already; nothing changes for them.`,
          },
        ]
      : []
  return { label: 'Recipients', text: people(recipients), notes }
}

function messagesOf(run: DryRun): Line {
  const skips = run.skips.map(({ code, recipients }) => ({
    text: `${capital(about(run))}${peopleWho(recipients, 'gets', 'get')} no message: ${explainCode(code).meaning}.`,
    isWarning: true,
  }))
  const deferred =
    run.deferred > 0
      ? [{ text: `${peopleWho(run.deferred, 'gets', 'get')} the message later, by a sending policy.` }]
      : []
  const isLess = run.messages < run.recipients
  return {
    label: 'Messages',
    text: `${isLess ? about(run) : ''}${count(run.messages)}`,
    notes: [...skips, ...deferred],
  }
}

/** Only where the campaign has texts by language. */
function languagesOf(run: DryRun): Line | undefined {
  const [first, ...others] = run.by_language ?? []
  if (!first) return undefined
  const textOf = ({ language, recipients }: typeof first) =>
    `${language === null ? 'Default text' : languageLabel(language)}: ${about(run)}${people(recipients)}`
  return { label: 'Languages', text: textOf(first), notes: others.map((one) => ({ text: textOf(one) })) }
}

function missingOf(run: DryRun): Line | undefined {
  const [first, ...others] = run.missing_values
  if (!first) return undefined
  const textOf = ({ field, recipients }: typeof first) =>
    `${about(run)}${peopleWho(recipients, 'has', 'have')} no ${fieldOf(field)}`
  return {
    label: 'Missing values',
    text: capital(textOf(first)),
    notes: [
      ...others.map((one) => ({ text: `${capital(textOf(one))}.` })),
      { text: 'The text has nothing in its place for them. Add what to write instead, such as {first_name|friend}.' },
    ],
  }
}

function fieldOf(field: string): string {
  if (field.startsWith('attributes.')) return field.slice('attributes.'.length)
  return (
    Object.entries(fieldNames)
      .find(([name]) => name === field)?.[1]
      .toLowerCase() ?? field
  )
}

function partsOf(run: DryRun): Line | undefined {
  const { parts } = run
  if (!parts) return undefined
  const { least, mean, most, total, ucs2_share: share, ucs2_characters: characters } = parts
  const each = least === most ? plural(least, 'part') : `${least} to ${plural(most, 'part')}`
  const average = least === most ? '' : `, ${mean.toFixed(2)} on average`
  const forced = {
    text: `${shareOf(share)} of the messages hold characters outside the SMS alphabet, which make parts shorter: ${characters.map(nameOf).join(' ')}`,
    isWarning: true,
  }
  return {
    label: 'SMS parts',
    text: `${each} per message${average}, ${about(run)}${count(total)} in total`,
    notes: share > 0 ? [forced] : [],
  }
}

/** Parts that other characters would save, in words. */
export const savingOf = (run: DryRun, parts: number): string =>
  `${capital(about(run))}${plural(parts, 'part')} of ${count(run.parts?.total ?? 0)} can be saved, as all characters of a message are then in the SMS alphabet.`

const shareOf = (share: number) => (share >= 0.01 ? `${Math.round(share * 100)}%` : 'Less than 1%')

function costOf(run: DryRun): Line | undefined {
  const { total, by_country: countries, unpriced } = run.cost
  if (run.messages === 0) return undefined
  const unpricedIn = (country: string | null) => countries.find((one) => one.country === country)?.messages ?? 0
  const without = unpriced.reduce((sum, country) => sum + unpricedIn(country), 0)
  const names = unpriced.slice(0, 5).map(countryOf).join(', ')
  const notes = [
    ...(countries.length > 1
      ? countries
          .filter(({ amount }) => amount !== null)
          .slice(0, 5)
          .map(countryLine)
      : []),
    ...(without > 0
      ? [
          {
            text: `No price is set for ${names}: the cost of ${plural(without, 'message')} is not known. Prices are set at Senders, Prices.`,
          },
        ]
      : []),
  ]
  const sums = total.map(({ currency, amount }) => money(currency, amount)).join(' + ')
  return { label: 'Cost', text: sums === '' ? 'Not known' : `${capital(about(run))}${sums}`, notes }
}

function countryLine(one: DryRun['cost']['by_country'][number]) {
  const { country, messages, amount, currency } = one
  return { text: `${countryOf(country)}: ${plural(messages, 'message')}, ${money(currency ?? '', amount ?? '')}` }
}

const countryOf = (country: string | null) => (country === null ? 'phones of no country' : countryName(country))

/** Amounts are decimal text, which a number might not hold: only the digits before the point are grouped. */
function money(currency: string, amount: string): string {
  const [whole = '', rest] = amount.split('.')
  return `${currency} ${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`
}

function timeOf({ pace, seconds, messages }: DryRun): Line | undefined {
  if (messages === 0) return undefined
  const limited = `About ${duration(seconds ?? 0)}, at today’s limits`
  const texts = { limited, unlimited: 'As fast as the provider takes them: no limit is set', blocked: 'Not known' }
  const blocked = [{ text: 'For some of the messages no sender can send now.', isWarning: true }]
  return {
    label: 'Time',
    text: texts[pace as keyof typeof texts] ?? 'Not known',
    notes: pace === 'blocked' ? blocked : [],
  }
}

/** Size and error of the sample; undefined where every figure is exact. */
export function describeSample({ sample: { size, of, error } }: DryRun): string | undefined {
  if (error === 0) return undefined
  return `Estimated from the texts of ${count(size)} of ${count(of)} recipients: a share may be off by ${(error * 100).toFixed(1)}%.`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
