/** Recipients a second, in words and tables. */
import { table, write } from '../format.ts'
import { growthSizes, peerKey, queues } from '../keys.ts'
import { ceilingOf, latencyCases, latencyKey } from '../latency-cases.ts'
import { peerPlan } from '../plan.ts'
import { defaultOf } from '../settings.ts'
import { type Run, spreadCells } from './run.ts'

const queueNames = { postgres: 'PostgreSQL as the queue', rabbitmq: 'RabbitMQ as the queue' } as const

export function speedSection(run: Run): string {
  const { plan, values, peers } = run
  const rows = [
    ...[1, 2].map((sessions) => [
      `the floor, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
      write(plan.recipients, 'plain'),
      ...spreadCells(run, `floor.${sessions}.rate`, 'rate'),
      '1',
    ]),
    ...queues.flatMap((queue) =>
      [1, 2].map((workers) => [
        `we, ${queueNames[queue]}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
        write(plan.recipients, 'plain'),
        ...spreadCells(run, `ours.${queue}.${workers}.rate`, 'rate'),
        write(values[`ours.${queue}.${workers === 2 ? '' : '1.'}efficiency`], 'ratio'),
      ]),
    ),
    [
      'we, embedded database, one process',
      write(plan.pglite.recipients, 'plain'),
      ...spreadCells(run, 'ours.pglite.rate', 'rate'),
      '-',
    ],
    ...peers.map(({ name, label }) => [
      label,
      write(peerPlan(plan, name).recipients, 'plain'),
      ...spreadCells(run, peerKey(name), 'rate'),
      write(share(values[peerKey(name)], values['floor.rate']), 'ratio'),
    ]),
  ]
  return `## Recipients a second

![Recipients a second](chart.svg)

*The floor* is what PostgreSQL alone takes for the same rows on our own tables and indexes, inside the server: \`INSERT ... SELECT\` of all recipients, then the outcomes with their text, a COMMIT for each window of ${defaultOf('WORKER_WINDOW')}, with a claim for each chunk and its watermark. Nothing leaves the server and nothing is rendered. *We* are processes as a user starts them, one for the API, one for the scheduler and one or two workers, from the request to \`/send\` until the last outcome is committed, by the database's clock; the mock sender takes each message at once. After each run every recipient is looked for in the table, and must be \`sent\`. *Of the floor*: two workers beside two sessions, one beside one. All of them took turns, round by round, each time on a fresh database, and all processes, ours and the others', had sent to ${write(run.plan.warmUp, 'plain')} recipients before.

${table(['', 'recipients', 'median', 'least', 'most', 'rounds', 'of the floor'], rows)}
`
}

const share = (value: number | undefined, base: number | undefined) =>
  value === undefined || base === undefined ? undefined : value / base

/** Features of each peer that this project lacks. */
export function peersSection({ peers }: Run): string {
  if (peers.length === 0) return ''
  const items = peers.map(({ label, offers, settings, workers, versions, missing }) => {
    const what = Object.entries(versions).map((pair) => pair.join(' '))
    const setup = [what.join(', '), `${workers} ${workers === 1 ? 'worker' : 'workers'}`, settings].join('; ')
    return `- **${label}**${missing && `, not measured because ${missing}`}. ${offers} Here: ${setup}.`
  })
  const window = defaultOf('WORKER_WINDOW')
  return `## What the others offer

They did the same work: one job for each recipient, and for each job one message row set to \`sent\` with its text and the provider's id, all of it durable, each recipient checked. What was under way when a worker is killed they run again: a loop sends up to a batch anew. We have at most a window of ${window} in doubt for each chunk in hand, ${write(window * defaultOf('WORKER_CONCURRENCY'), 'plain')} messages for a worker by default, and send them under the same idempotency key or not at all. They are general job queues and we are not; this is what each of them has that we do not.

${items.join('\n')}
`
}

export function latencySection(run: Run): string {
  const window = defaultOf('WORKER_WINDOW')
  const rows = latencyCases().map((one) => [
    `${one.latencyMs} ms, WORKER_CONCURRENCY ${one.concurrency}`,
    ...spreadCells(run, `${latencyKey(one)}.rate`, 'rate'),
    write(ceilingOf(one), 'rate'),
    write(share(run.values[`${latencyKey(one)}.rate`], ceilingOf(one)), 'ratio'),
  ])
  const failed = run.values['failures.failed']
  return `## With a slow provider, and one that refuses

Two workers, PostgreSQL as the queue. The ceiling is what may be under way at once, 2 workers x WORKER_CONCURRENCY x WORKER_WINDOW (${window}), each for as long as the provider takes; what the machine can do bounds it too.

${table(['provider', 'median', 'least', 'most', 'rounds', 'ceiling', 'of the ceiling'], rows)}

With 5 % of the tries refused, ${write(run.plan.recipients, 'plain')} recipients took ${write(run.values['failures.rate'], 'rate')}, waits between tries included (up to ${defaultOf('WORKER_MAX_ATTEMPTS')} tries, the first wait up to ${write(defaultOf('WORKER_BACKOFF_MS'), 'plain')} ms); ${write(failed, 'plain')} failed at the last try, and each recipient was accounted for.
`
}

export function growthSection(run: Run): string {
  const { values, plan } = run
  const rows = queues.flatMap((queue) =>
    growthSizes.map((size, nth) => [
      `${write(plan.growth.sizes[nth], 'plain')}, ${queueNames[queue]}`,
      ...spreadCells(run, `growth.${queue}.${size}.rate`, 'rate'),
      perMessage(values[`growth.${queue}.${size}.rate`]),
      write(values[`growth.${queue}.${size}.memory`], 'mb'),
    ]),
  )
  return `## As campaigns grow

Two workers that have been at work before, on fresh databases. Memory is that of the worker that took most, at its peak. Nothing is sent before the first call's ids are queued, by one of the cores: of a small campaign that is a good part of its time, so a message costs less, the larger its campaign.

${table(['recipients', 'median', 'least', 'most', 'rounds', 'time a message', 'memory of a worker'], rows)}
`
}

function perMessage(rate: number | undefined): string {
  return rate === undefined ? '-' : `${(1_000_000 / rate).toFixed(2)} µs`
}
