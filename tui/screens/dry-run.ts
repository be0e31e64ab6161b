/** Figures of a dry run, as lines. Pure. */
import { explainCode } from '../../core/messaging/senders/codes.ts'
import { countryName } from '../../core/messaging/text/country-name.ts'
import { type Piece, piece } from '../components/line.tsx'
import { count, duration, percent, plural } from '../format.ts'
import type { DryRun, Tried } from '../state/dry-run.ts'
import { fit, wrap } from '../text.ts'
import { faint } from '../theme.ts'

const LABEL = 12
/** Characters that are named. */
const MOST_CHARACTERS = 8
const warning = { color: 'yellow' } as const

interface Row {
  readonly label: string
  readonly text: string
  readonly isWarning?: boolean
}

/** @param most lines that there is room for: the last ones are left out first */
export function dryRunRows(tried: Tried, width: number, most: number): Piece[][] {
  const rows =
    'problem' in tried
      ? [{ label: 'Dry run', text: `failed: ${tried.problem}`, isWarning: true }]
      : rowsOf(tried.dryRun, tried.isPart)
  const lines = rows.flatMap(({ label, text, isWarning }) =>
    wrap(text, width - LABEL).map((line, nth) => [
      piece(fit(nth === 0 ? label : '', LABEL), faint),
      piece(line, isWarning ? warning : {}),
    ]),
  )
  return lines.length <= most ? lines : lines.slice(0, Math.max(0, most))
}

/** The most important first. */
function rowsOf(dryRun: DryRun, isPart: boolean): readonly Row[] {
  const { messages, recipients, already_recipients: already, skips, deferred } = dryRun
  return [
    {
      label: 'Messages',
      text: `${count(messages)} to ${plural(recipients, 'recipient')}${already > 0 ? `; ${count(already)} others are recipients already` : ''}`,
    },
    ...(isPart
      ? [{ label: '', text: `Only the first ${count(recipients + already)} recipients were tried`, isWarning: true }]
      : []),
    ...skips.map(({ code, recipients: many }, nth) => ({
      label: nth === 0 ? 'Skipped' : '',
      text: `${count(many)}: ${explainCode(code).meaning}`,
      isWarning: true,
    })),
    ...(deferred > 0 ? [{ label: 'Put off', text: `${count(deferred)} by a sending policy` }] : []),
    ...missingRows(dryRun),
    costRow(dryRun),
    timeRow(dryRun),
    ...partRows(dryRun),
    ...sampleRows(dryRun),
  ]
}

function missingRows({ missing_values }: DryRun): Row[] {
  if (missing_values.length === 0) return []
  const fields = missing_values.map(({ field, recipients }) => `${fieldName(field)} ${count(recipients)}`)
  return [{ label: 'No value', text: fields.join(', '), isWarning: true }]
}

const fieldName = (field: string) => field.replace(/^attributes\./, '').replaceAll('_', ' ')

function costRow({ cost }: DryRun): Row {
  const sums = cost.total.map(({ currency, amount }) => `${grouped(amount)} ${currency}`)
  const places = cost.unpriced.map((country) => (country === null ? 'phones of no country' : countryName(country)))
  const unpriced = places.length > 0 ? `no price for ${places.join(', ')}` : ''
  if (sums.length === 0) return { label: 'Cost', text: `unknown: ${unpriced || 'no prices are set'}` }
  return { label: 'Cost', text: [sums.join(' + '), unpriced].filter(Boolean).join('; '), isWarning: unpriced !== '' }
}

/** `1,234,567.50` for `1234567.50`: decimal text, which may hold more digits than a number can. */
const grouped = (amount: string) => amount.replace(/\d(?=(\d{3})+(?!\d))(?<!\.\d*)/g, '$&,')

function timeRow({ pace, seconds }: DryRun): Row {
  if (pace === 'blocked')
    return { label: 'Time', text: 'some messages wait: no sender can send them now', isWarning: true }
  return {
    label: 'Time',
    text: seconds === null ? 'no limit is set' : `${duration(seconds)} at the limits of the senders`,
  }
}

function partRows({ parts, messages }: DryRun): Row[] {
  if (!parts) return []
  const { least, mean, most, total, ucs2_share: share, ucs2_characters: characters } = parts
  const range =
    least === most ? `${count(least)} a message` : `${count(least)} to ${count(most)}, ${mean.toFixed(2)} a message`
  const ucs2 = {
    label: '',
    text: `70 characters a part in ${percent(share * messages, messages)} of messages, because of ${characters.slice(0, MOST_CHARACTERS).join(' ')}`,
    isWarning: true,
  }
  const saved = parts.offers.map(({ transliteration, saves, before, after }) => ({
    label: '',
    text: `${count(saves)} less with transliteration ${transliteration}: ${quote(before)} becomes ${quote(after)}`,
  }))
  return [{ label: 'Parts', text: `${count(total)}: ${range}` }, ...(share > 0 ? [ucs2] : []), ...saved]
}

const MOST_OF_TEXT = 60

/** The beginning of a text, on one line. */
function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > MOST_OF_TEXT ? `${line.slice(0, MOST_OF_TEXT)}…` : line
}

function sampleRows({ sample: { size, error } }: DryRun): Row[] {
  if (error === 0) return []
  return [
    {
      label: 'Estimated',
      text: `from ${count(size)} recipients, to within ${(Math.ceil(error * 1000) / 10).toFixed(1)}%`,
    },
  ]
}
