/** Import of suppressions from a file: rows are read as they arrive and written in batches, with a report of refused ones. */
import type { Clock } from '../../core/clock.ts'
import { checkRow, type Refusal } from '../../core/messaging/contacts/csv/check.ts'
import { attributeColumn } from '../../core/messaging/contacts/csv/columns.ts'
import type { SourceRow } from '../../core/messaging/contacts/csv/reader.ts'
import { inSlices } from '../../core/messaging/contacts/csv/slices.ts'
import { answerable, openSource, type Source } from '../../core/messaging/contacts/import/source.ts'
import { liftableReasons, type NewSuppression, suppressedChannels } from '../../core/messaging/suppressions/service.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import type { SuppressionGrant } from './grant.ts'
import { type ImportQuery, MAX_NOTE } from './schema.ts'

/** Refusals that a report lists; all are counted. */
const MAX_REFUSALS = 500
/** Rows of one statement: some 15 ms, in which the embedded database lets nobody else have a turn. */
const BATCH = 500

/** The reader takes columns beside the phone for attributes: these are the ones that are known. */
const facts = new Map([
  ['channel', 'text'],
  ['reason', 'text'],
  ['note', 'text'],
] as const)

export interface ImportTools {
  readonly suppressions: SuppressionGrant['messaging']['suppressions']
  readonly clock: Clock
  readonly country: CountryCode
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_REQUEST for a file without phones */
export function importSuppressions(tools: ImportTools, request: Request, defaults: ImportQuery) {
  return take(tools, openSource(request, tools.clock), defaults).catch(answerable)
}

async function take({ suppressions, clock, country }: ImportTools, source: Source, defaults: ImportQuery) {
  const { body, ignored, openReader } = source
  const reader = openReader({ attributes: facts, declare: false })
  let [rows, added, refused] = [0, 0, 0]
  const refusals: Refusal[] = []
  let batch: NewSuppression[] = []
  const write = async () => {
    added += await suppressions.suppress(batch)
    batch = []
  }
  const add = async (some: readonly SourceRow[]) => {
    for (const one of some) {
      rows++
      const checked = readRow(one, country, defaults)
      if ('row' in checked) batch.push(checked.row)
      else if (++refused <= MAX_REFUSALS) refusals.push(checked.refusal)
      if (batch.length === BATCH) await write()
    }
  }
  for await (const slice of inSlices(body, () => clock.sleep(0))) await add(reader.push(slice))
  await add(reader.end())
  await write()
  const known = rows - added - refused
  return { rows, added, known, refused, refusals, ignored_fields: [...ignored.names], encoding: reader.encoding }
}

type Checked = { readonly row: NewSuppression } | { readonly refusal: Refusal }

/** Columns of customers are not looked at: a broken one must not keep a phone from being suppressed. */
function readRow({ line, values, problem }: SourceRow, country: CountryCode, defaults: ImportQuery): Checked {
  const refuse = (path: string, message: string): Checked => ({ refusal: { line, path, message } })
  const checked = checkRow(
    { line, values: { phone: values.phone }, ...(problem !== undefined && { problem }) },
    country,
  )
  if ('refusal' in checked) return checked
  const cellOf = (name: string) => values[attributeColumn(name)]
  const channel = readWord(suppressedChannels, cellOf('channel'), defaults.channel ?? 'all')
  if (channel === undefined) return refuse('channel', `channel must be one of ${suppressedChannels.join(', ')}`)
  const reason = readWord(liftableReasons, cellOf('reason'), defaults.reason ?? 'manual')
  if (reason === undefined) return refuse('reason', `reason must be one of ${liftableReasons.join(', ')}`)
  const note = cellOf('note') ?? null
  if (note !== null && (typeof note !== 'string' || note.length > MAX_NOTE))
    return refuse('note', `note must be text of at most ${MAX_NOTE} characters`)
  return { row: { phone: checked.row.phone, channel, reason, source: 'import', note } }
}

const readWord = <T extends string>(values: readonly T[], given: unknown, otherwise: T): T | undefined =>
  given === undefined
    ? otherwise
    : values.find((value) => typeof given === 'string' && value === given.trim().toLowerCase())
