/** All suppressions that match, as CSV that an import takes. */
import { isoTime } from '../../core/http/time.ts'
import { CSV_TYPE, csvCell, csvLine, csvPhone } from '../../core/messaging/contacts/csv/write.ts'
import type { SuppressionFilter, SuppressionRow } from '../../core/messaging/suppressions/service.ts'
import type { SuppressionGrant } from './grant.ts'

type Suppressions = SuppressionGrant['messaging']['suppressions']

/** Rows that are in memory at once. */
const STEP = 2000

/** A failure in the middle breaks the answer off, so that nobody takes a part for the whole. */
export async function exportSuppressions(suppressions: Suppressions, filter: SuppressionFilter): Promise<Response> {
  const parts = exportParts(suppressions, filter)
  // A failure of the first part is still answered as an error.
  let first: IteratorResult<string, void> | undefined = await parts.next()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = first ?? (await parts.next())
      first = undefined
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: async () => void (await parts.return()),
  })
  const headers = { 'content-type': CSV_TYPE, 'content-disposition': 'attachment; filename="suppressions.csv"' }
  return new Response(body, { headers: { ...headers, 'cache-control': 'no-store' } })
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
