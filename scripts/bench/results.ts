/** Output of a run: RESULTS.md, its chart, and every figure as JSON. Pure. */
import { type Bar, chartOf } from './chart.ts'
import { write } from './format.ts'
import { isDurable, peerKey } from './keys.ts'
import { apiSection } from './report/api.ts'
import { audienceSection } from './report/audience.ts'
import { costSection } from './report/cost.ts'
import { partitionsSection } from './report/partitions.ts'
import { ratesSection } from './report/rates.ts'
import { receiptsSection } from './report/receipts.ts'
import type { Run } from './report/run.ts'
import { segmentsSection } from './report/segments.ts'
import { growthSection, latencySection, peersSection, speedSection } from './report/speed.ts'
import { targetTable } from './targets.ts'

export function reportOf(run: Run): string {
  const { command, at, seconds, machine, postgres, values } = run
  const list = (pairs: Readonly<Record<string, string>>, between: string) =>
    Object.entries(pairs)
      .map((pair) => pair.join(between))
      .join(', ')
  return `# How fast it is, and beside what

Written by \`${command}\` on ${at.toISOString().slice(0, 10)} in ${Math.ceil(seconds / 60)} min. ${machine.cpu}, ${machine.memory}, ${machine.system}; ${machine.disk}; load ${machine.load.toFixed(1)} before it began. ${list(machine.versions, ' ')}. PostgreSQL with ${list(postgres, ' = ')}, and with fsync, synchronous_commit and full_page_writes on for all that is measured; all other settings of ours are the defaults, unless named. Servers, workers and load share the machine's cores.

## Targets

${targetTable(values)}

${[
  speedSection,
  peersSection,
  latencySection,
  growthSection,
  apiSection,
  receiptsSection,
  ratesSection,
  costSection,
  partitionsSection,
  segmentsSection,
  audienceSection,
]
  .map((section) => section(run))
  .filter(Boolean)
  .join('\n')}`
}

/** The figures that README shows: as many recipients a second as each of them does at its best. */
export function pictureOf({ values, peers, machine }: Pick<Run, 'values' | 'peers' | 'machine'>): string {
  const bar = (label: string, key: string, kind: Bar['kind']): Bar[] => {
    const value = values[key]
    return value === undefined ? [] : [{ label, value, kind, text: write(value, 'rate') }]
  }
  return chartOf({
    title: 'Recipients a second, all of it durable',
    note: `All of them on one machine, ${machine.cpu}. PostgreSQL alone: the same writes inside the server.`,
    bars: [
      ...bar('PostgreSQL alone', 'floor.rate', 'floor'),
      ...bar('campaign-dispatch', 'ours.postgres.rate', 'ours'),
      ...bar('campaign-dispatch, RabbitMQ', 'ours.rabbitmq.rate', 'ours'),
      ...peers
        .filter(({ name }) => isDurable(name))
        .flatMap(({ name, label }) => bar(label, peerKey(name), 'other'))
        .toSorted((a, b) => b.value - a.value),
    ],
  })
}

/** One number for each key, and under `figures` the least, the most and the rounds of what was measured. */
export function jsonOf({ values, figures, ...about }: Run): string {
  return `${JSON.stringify({ ...about, ...values, figures }, null, 2)}\n`
}
