/** Report of what partitions of the messages would cost. Pure. */
import type { Figures } from '../figures.ts'
import { table, write } from '../format.ts'
import { campaignSteps, type Layout, layouts } from '../keys.ts'
import type { Run } from './run.ts'

const titles: Readonly<Record<Layout, string>> = {
  plain: 'one table',
  pruned: 'partitions, found by the campaign',
  joined: 'partitions, found by the campaign of each row',
  named: 'partitions, named by the statement',
}

/** Medians; the ratio is that of each round to the plain table in the same round. */
export function partitionsTable(figures: Figures): string {
  const cell = (layout: Layout, step: string) =>
    (['elapsed', 'cpu'] as const)
      .map((kind) => write(figures[`partitions.${layout}.${step}.${kind}`]?.median, 'us'))
      .join(' / ')
  const columns = [...campaignSteps, 'whole'] as const
  const rows = layouts.map((layout) => [
    titles[layout],
    ...columns.map((step) => cell(layout, step)),
    ...(['elapsed', 'cpu'] as const).map((kind) =>
      write(figures[`partitions.${layout}.ratio.${kind}`]?.median, 'ratio'),
    ),
    write(figures[`partitions.${layout}.whole.cpu`]?.min, 'us'),
    write(figures[`partitions.${layout}.remove.elapsed`]?.median, 'us'),
  ])
  return table(['', ...columns, 'ratio', 'ratio of CPU', 'least CPU', 'remove'], rows)
}

export function partitionsSection({ plan, figures }: Run): string {
  const { recipients, earlier } = plan.partitions
  return `## If the messages were partitioned

A campaign of ${write(recipients, 'plain')} by the domain's own statements, on one connection, beside 15 earlier ones of ${write(earlier, 'plain')}: in one table, and each in a partition of its own. Time a message by the clock, driver included, and CPU time of the server's process. *Found by the campaign*: the statements compare \`campaign_id\`, and PostgreSQL leaves the other partitions out. *Named by the statement*: it names the partition in place of the table. *Least CPU*: the whole in the round that took least of it, which a busy machine disturbs least. *Remove*: an earlier campaign's messages, as retention would, by DELETE and VACUUM or by dropping the partition.

${partitionsTable(figures)}
`
}
