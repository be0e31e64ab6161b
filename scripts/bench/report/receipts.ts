/** Report of the receipts. Pure. */
import { table, write } from '../format.ts'
import type { Run } from './run.ts'

export function receiptsSection({ plan, values }: Run): string {
  const rate = (key: string) => write(values[`receipts.${key}.rate`], 'rate')
  const cpu = (key: string) => write(values[`receipts.${key}.cpu`], 'ms')
  return `## Receipts

Of a campaign of ${write(plan.receipts.recipients, 'plain')}. The statements alone: each on one session, ${cpu('store')} and ${cpu('fold')} of CPU for 1,000. Over HTTP: signed posts of 100, eight at once, from the first post until all are folded; for 1,000, our processes take ${cpu('http.product')} of CPU and PostgreSQL ${cpu('http.database')}, and the load comes from the same cores. While a campaign is sent, 20,500 receipts a second are posted, and no more. Meanwhile campaigns are read: \`delivered\` and \`undelivered\` are never more than \`sent\`.

${table(
  ['', 'receipts', 'messages sent meanwhile'],
  [
    ['storing alone', rate('store'), '-'],
    ['folding alone', rate('fold'), '-'],
    ['posted over HTTP, stored and folded', rate('http'), '-'],
    ['the same while a campaign is sent', rate('beside'), rate('beside.sent')],
  ],
)}
`
}
