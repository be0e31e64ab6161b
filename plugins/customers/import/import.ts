/** Import of customers from a file: rows are read as they arrive and written in batches, with a report of refused ones. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../../core/clock.ts'
import type { NewConsent } from '../../../core/messaging/consents/service.ts'
import { checkRow, type ImportRow, mergeRows, type Refusal } from '../../../core/messaging/contacts/csv/check.ts'
import type { Encoding } from '../../../core/messaging/contacts/csv/decode.ts'
import type { SourceRow } from '../../../core/messaging/contacts/csv/reader.ts'
import { inSlices } from '../../../core/messaging/contacts/csv/slices.ts'
import type { Body } from '../../../core/messaging/contacts/import/body.ts'
import { answerable, openSource, type Source } from '../../../core/messaging/contacts/import/source.ts'
import type { CountryCode } from '../../../core/messaging/text/phone.ts'
import type { CustomerGrant } from '../grant.ts'
import { FIRST_BATCH, nextBatchSize } from './batch-size.ts'
import { measureTurns } from './longest-turn.ts'
import { type Declared, openNewAttributes } from './new-attributes.ts'

/** Refusals that a report lists; all are counted. */
export const MAX_REFUSALS = 500
/** Rows after which a search by name may need new statistics. */
const REFRESH_EVERY = 20_000

export interface ImportReport {
  /** Each is created, updated or refused. */
  readonly rows: number
  readonly created: number
  /** Rows of known customers, whether or not they changed anything. */
  readonly updated: number
  readonly refused: number
  readonly refusals: readonly Refusal[]
  /** Unknown columns or fields. */
  readonly ignored_fields: readonly string[]
  /** Attributes that it declared; absent where it may declare none. */
  readonly new_attributes?: readonly Declared[]
  /** New records of consent; absent where none is asked for, as the next. */
  readonly consents_recorded?: number
  /** Rows of customers who keep what they have withdrawn. */
  readonly consents_withdrawn?: number
  readonly encoding: Encoding
}

export interface Import {
  readonly body: Body
  run(): Promise<ImportReport>
}

export interface ImportTools {
  readonly contacts: CustomerGrant['contacts']
  readonly consents: CustomerGrant['messaging']['consents']
  readonly clock: Clock
  readonly country: CountryCode
}

export interface ImportOptions {
  /** Columns that mean nothing else become attributes. */
  readonly declare: boolean
  /** Recorded for each customer of the file; undefined: nothing is. */
  readonly consent?: NewConsent | undefined
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE; nothing is read then */
export function openImport(tools: ImportTools, request: Request, options: ImportOptions): Import {
  const source = openSource(request, tools.clock)
  return { body: fingerprinted(source.body, options), run: () => take(tools, source, options).catch(answerable) }
}

/** An import that records another consent is another import, although its rows are the same. */
function fingerprinted(body: Body, { consent }: ImportOptions): Body {
  if (!consent) return body
  const { capturedAt, ...said } = consent
  const more = JSON.stringify([said.status, said.channel, said.wording, said.evidence, capturedAt ?? null])
  const fingerprint = () => createHash('sha256').update(body.fingerprint()).update(more).digest('hex')
  return { fingerprint, [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() }
}

async function take(
  { contacts, consents, clock, country }: ImportTools,
  { body, ignored, openReader }: Source,
  { declare, consent }: ImportOptions,
): Promise<ImportReport> {
  const attributes = await openNewAttributes(contacts, declare, (column) => ignored.add(column))
  const reader = openReader({ attributes: attributes.types, declare })
  const recording = consent && openRecording(consents, consent)
  const writer = openWriter(contacts.write, clock, recording?.record)
  let [rows, refused] = [0, 0]
  const refusals: Refusal[] = []
  const add = async (some: readonly SourceRow[]) => {
    for (const one of some) {
      if (++rows % REFRESH_EVERY === 0) await writer.refresh()
      const checked = checkRow(one, country, attributes.types)
      if ('row' in checked) writer.add(checked.row)
      else if (++refused <= MAX_REFUSALS) refusals.push(checked.refusal)
      if (writer.isFull()) await writer.write()
    }
  }
  for await (const slice of inSlices(body, () => clock.sleep(0))) await add(await attributes.take(reader.push(slice)))
  await add(await attributes.end(reader.end()))
  const created = await writer.end()
  return {
    rows,
    created,
    updated: rows - created - refused,
    refused,
    refusals,
    ignored_fields: [...ignored.names],
    ...(declare && { new_attributes: attributes.declared() }),
    ...recording?.counts,
    encoding: reader.encoding,
  }
}

/** Records the consent of the customers of each batch, and counts. */
function openRecording(consents: ImportTools['consents'], consent: NewConsent) {
  const counts = { consents_recorded: 0, consents_withdrawn: 0 }
  const record = async (phones: readonly string[]) => {
    const { recorded, withdrawn } = await consents.recordOfMany(phones, consent)
    counts.consents_recorded += recorded
    counts.consents_withdrawn += withdrawn
  }
  return { counts, record }
}

/**
 * Writes rows in batches, each phone once in a batch.
 * @param then called with the phones of a batch that is written
 */
function openWriter(
  contacts: CustomerGrant['contacts']['write'],
  clock: Clock,
  then: (phones: readonly string[]) => Promise<void> = async () => {},
) {
  const batch = new Map<string, ImportRow>()
  let [created, size] = [0, FIRST_BATCH]
  const write = async () => {
    const written = [...batch.values()]
    batch.clear()
    const store = async () => {
      const added = await contacts.upsert(written)
      await then(written.map(({ phone }) => phone))
      return added
    }
    const { result, longest } = await measureTurns(store, clock)
    created += result
    size = nextBatchSize(size, { rows: written.length, ms: longest })
  }
  // An import does not fail with them: a search takes longer.
  const refresh = () => contacts.refreshStatistics().catch(() => {})
  return {
    refresh,
    write,
    isFull: () => batch.size >= size,
    add: (row: ImportRow) => batch.set(row.phone, mergeRows(batch.get(row.phone), row)),
    /** @returns how many customers were new */
    end: async () => {
      await write()
      await refresh()
      return created
    },
  }
}
