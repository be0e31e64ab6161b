/** All suppressions that match, as CSV that an import takes. */
import { isoTime } from '../../core/http/time.ts'
import { answerCsv } from '../../core/messaging/contacts/csv/answer.ts'
import { csvCell, csvLine, csvPhone } from '../../core/messaging/contacts/csv/write.ts'
import type { SuppressionFilter, SuppressionRow } from '../../core/messaging/suppressions/service.ts'
import type { SuppressionGrant } from './grant.ts'

type Suppressions = SuppressionGrant['messaging']['suppressions']

/** Rows that are in memory at once. */
const STEP = 2000

export function exportSuppressions(suppressions: Suppressions, filter: SuppressionFilter): Promise<Response> {
  return answerCsv('suppressions.csv', exportParts(suppressions, filter))
}

const names = ['phone', 'channel', 'reason', 'note', 'source', 'sender', 'code', 'created_at'] as const

function cellOf(row: SuppressionRow, name: (typeof names)[number]): string {
  if (name === 'created_at') return isoTime(row.created_at)
  return name === 'phone' ? csvPhone(row.phone) : csvCell(row[name])
}

async function* exportParts(suppressions: Suppressions, filter: SuppressionFilter): AsyncGenerator<string, void> {
  let head = csvLine(names)
  for (let before: string | undefined; ; ) {
    const rows = await suppressions.list(filter, before, STEP)
    yield head + rows.map((row) => csvLine(names.map((name) => cellOf(row, name)))).join('')
    head = ''
    if (rows.length < STEP) return
    before = rows.at(-1)?.id
  }
}
