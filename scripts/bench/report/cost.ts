/** Report of the costs, in words and tables. */
import { table, write } from '../format.ts'
import { idleNames, queues } from '../keys.ts'
import type { Run } from './run.ts'

const ms = (seconds: number | undefined) => (seconds === undefined ? '-' : write(seconds * 1000, 'ms'))

export function costSection({ plan, values }: Run): string {
  const cost = (title: string, cell: (queue: (typeof queues)[number]) => string) => [title, ...queues.map(cell)]
  const rows = [
    cost('CPU of our processes', (queue) => ms(values[`cost.${queue}.product.cpu`])),
    cost('CPU of PostgreSQL', (queue) => ms(values[`cost.${queue}.database.cpu`])),
    cost('CPU of RabbitMQ', (queue) => ms(values[`cost.${queue}.broker.cpu`])),
    cost('WAL', (queue) => write(values[`cost.${queue}.wal`], 'kb')),
    cost('HOT updates of messages', (queue) => write(values[`cost.${queue}.hot`], 'percent')),
    cost('peak memory: API', (queue) => write(values[`cost.${queue}.api.memory`], 'mb')),
    cost('peak memory: scheduler', (queue) => write(values[`cost.${queue}.scheduler.memory`], 'mb')),
    cost('peak memory: a worker', (queue) => write(values[`cost.${queue}.worker.memory`], 'mb')),
  ]
  return `## What it costs

Two workers, ${write(plan.recipients, 'plain')} recipients; CPU time and WAL for 1,000 messages, memory as resident in the process that took most. The embedded database takes its one process to ${write(values['cost.pglite.memory'], 'mb')} with ${write(plan.pglite.recipients, 'plain')} recipients.

${table(['', ...queues], rows)}

### Starting

From the start of a process with all plugins to its first healthy answer. The first time, the embedded database is made and filled with sample data; on servers, \`npm run migrate\` is part of it.

${table(
  ['', 'the first time', 'the second'],
  (['embedded', 'servers'] as const).map((name) => [
    name === 'servers' ? 'PostgreSQL and RabbitMQ' : name,
    write(values[`startup.${name}.first.ms`], 'ms'),
    write(values[`startup.${name}.second.ms`], 'ms'),
  ]),
)}

### Doing nothing

One process with all plugins, for ${plan.idle.seconds} seconds, from ${plan.idle.settle} seconds after its start and a campaign.

${table(
  ['', 'of a core', 'peak memory'],
  idleNames.map((name) => [
    name,
    write(values[`idle.${name}.cpu`], 'percent'),
    write(values[`idle.${name}.memory`], 'mb'),
  ]),
)}

Rendering 1,000,000 messages takes one core ${write(values['render.seconds'], 's')}.
`
}
