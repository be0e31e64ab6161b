/** Report of the API's latency, in words and tables. */
import { table, write } from '../format.ts'
import { connectionCounts, dueSizes, queues, routes, states } from '../keys.ts'
import type { Run } from './run.ts'

const titles = {
  list: '`GET /campaigns`',
  show: '`GET /campaigns/{id}`',
  preview: '`POST /campaigns/{id}/personalized-preview`',
  create: '`POST /campaigns`',
} as const

export function apiSection(run: Run): string {
  const { plan, values } = run
  const asked = [
    ...routes.map((route) => ({ key: route as string, title: titles[route] as string })),
    ...plan.api.sends.map(({ ids }) => ({
      key: `send${ids}`,
      title: `\`POST /campaigns/{id}/send\` with ${write(ids, 'plain')} ids`,
    })),
  ]
  const rows = asked.flatMap(({ key, title }) =>
    connectionCounts.map((connections) => [
      title,
      String(connections),
      ...states.flatMap((state) =>
        (['rate', 'p50', 'p99'] as const).map((name) =>
          write(values[`api.${state}.${key}.${connections}.${name}`], name === 'rate' ? 'rate' : 'ms'),
        ),
      ),
    ]),
  )
  const head = ['route', 'connections', ...states.flatMap((state) => [`${state}: rate`, 'p50', 'p99'])]
  const longest = Math.max(...plan.api.sends.map(({ ids }) => ids))
  return `## The API

With ${write(plan.api.behind, 'plain')} messages in the table, loaded by autocannon from a process of its own, which has the machine's cores in common with the API, the workers and the databases. *Sending*: while a campaign of ${write(plan.api.behind, 'plain')} is being sent by two workers at full speed. Each call to \`/send\` is for a campaign of its own whose time is far off; where there were fewer than 100 of them p99 is the slowest.

${table(head, rows)}

A call to \`/send\` with ${write(Math.max(longest, plan.send.recipients), 'plain')} ids takes ${write(values['send.ms'], 'ms')}; the \`INSERT ... SELECT\` of its rows alone takes PostgreSQL ${write(values['send.insert.ms'], 'ms')}, of which it is ${write(values['send.ratio'], 'ratio')} times as much. (Medians of calls and statements in turn, on one database.)

### The first message

From the request to \`/send\`, and from its answer, to the arrival of the campaign's first message at an HTTP provider; ${plan.first.campaigns} campaigns one after the other, with rests between them. A negative time: it was there before the answer.

${table(
  ['', 'from the request: p50', 'p99', 'from the answer: p50', 'p99'],
  queues.map((queue) => [
    queue,
    ...(['request', 'answer'] as const).flatMap((from) =>
      (['p50', 'p99'] as const).map((name) => write(values[`first.${queue}.${from}.${name}`], 'ms')),
    ),
  ]),
)}

### Many campaigns at once

${write(plan.due.campaigns, 'plain')} campaigns whose time is the same, two workers: from that time to the outcome of the first message of all, and of the last.

${table(
  ['', ...dueSizes.flatMap((size) => [`of ${size}: first`, 'last'])],
  queues.map((queue) => [
    queue,
    ...dueSizes.flatMap((size) =>
      (['first', 'last'] as const).map((name) => write(values[`due.${queue}.${size}.${name}`], 's')),
    ),
  ]),
)}
`
}
