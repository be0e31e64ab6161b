/** Targets of the bench. Pure. */
import { table, type Unit, write } from './format.ts'
import { dueSizes } from './keys.ts'
import type { Values } from './summary.ts'

export interface Target {
  readonly what: string
  readonly key: string
  readonly unit: Unit
  readonly atMost?: number
  readonly atLeast?: number
}

const queueNames = { postgres: 'PostgreSQL as the queue', rabbitmq: 'RabbitMQ as the queue' } as const
const perQueue = (make: (queue: keyof typeof queueNames, name: string) => readonly Target[]) => [
  ...make('postgres', queueNames.postgres),
  ...make('rabbitmq', queueNames.rabbitmq),
]

export const targets: readonly Target[] = [
  {
    what: 'Share of the floor, 2 workers, PostgreSQL as the queue',
    key: 'ours.postgres.efficiency',
    unit: 'ratio',
    atLeast: 0.6,
  },
  {
    what: 'Share of the floor, 2 workers, RabbitMQ as the queue',
    key: 'ours.rabbitmq.efficiency',
    unit: 'ratio',
    atLeast: 0.5,
  },
  ...perQueue((queue, name) => [
    { what: `Times the best durable peer, ${name}`, key: `ours.${queue}.overBestPeer`, unit: 'ratio', atLeast: 5 },
    { what: `Times the loop with SKIP LOCKED, ${name}`, key: `ours.${queue}.overControl`, unit: 'ratio', atLeast: 2 },
    {
      what: `Times that loop in batches of a window, ${name}`,
      key: `ours.${queue}.overControlWindow`,
      unit: 'ratio',
      atLeast: 2,
    },
    {
      what: `Memory of a worker at its peak, largest campaign, ${name}`,
      key: `growth.${queue}.large.memory`,
      unit: 'mb',
      atMost: 150e6,
    },
    {
      what: `Time a message, most to least over all sizes, ${name}`,
      key: `growth.${queue}.time.ratio`,
      unit: 'ratio',
      atMost: 1.2,
    },
    {
      what: `Memory of a worker, most to least over all sizes, ${name}`,
      key: `growth.${queue}.memory.ratio`,
      unit: 'ratio',
      atMost: 1.2,
    },
    {
      what: `First message of a campaign, p99 from the request, ${name}`,
      key: `first.${queue}.request.p99`,
      unit: 'ms',
      atMost: 50,
    },
    ...dueSizes.map((size) => ({
      what: `Campaigns of ${size} due at once, the last message, ${name}`,
      key: `due.${queue}.${size}.last`,
      unit: 's' as const,
      atMost: 5,
    })),
    { what: `Idle, all plugins, ${name}`, key: `idle.${queue}.cpu`, unit: 'percent', atMost: 0.01 },
  ]),
  { what: 'Idle, all plugins, embedded database', key: 'idle.embedded.cpu', unit: 'percent', atMost: 0.01 },
  { what: '/send beside its INSERT ... SELECT alone', key: 'send.ratio', unit: 'ratio', atMost: 3 },
  { what: 'Receipts folded a second, one session', key: 'receipts.fold.rate', unit: 'rate', atLeast: 20_000 },
  { what: 'Receipts posted, stored and folded a second', key: 'receipts.http.rate', unit: 'rate', atLeast: 20_000 },
  { what: 'The same while a campaign is sent', key: 'receipts.beside.rate', unit: 'rate', atLeast: 20_000 },
  { what: 'Messages sent a second meanwhile', key: 'receipts.beside.sent.rate', unit: 'rate', atLeast: 20_000 },
  { what: 'GET /campaigns, p99, 32 connections, idle', key: 'api.idle.list.32.p99', unit: 'ms', atMost: 10 },
  { what: 'GET /campaigns/{id}, p99, 32 connections, idle', key: 'api.idle.show.32.p99', unit: 'ms', atMost: 10 },
  {
    what: 'GET /campaigns/{id}, p99, 1 connection, while sending',
    key: 'api.sending.show.1.p99',
    unit: 'ms',
    atMost: 50,
  },
  {
    what: 'GET /campaigns/{id}, p99, 32 connections, while sending',
    key: 'api.sending.show.32.p99',
    unit: 'ms',
    atMost: 50,
  },
  {
    what: 'Preview of a segment by an indexed field, the slowest',
    key: 'segments.indexed.slowest',
    unit: 'ms',
    atMost: 1000,
  },
  { what: 'Preview of a segment by any rule, the slowest', key: 'segments.slowest', unit: 'ms', atMost: 3000 },
  { what: 'Recipients of an audience queued a second', key: 'audience.queue.rate', unit: 'rate', atLeast: 100_000 },
  { what: 'Share of what their rows alone take', key: 'audience.share', unit: 'ratio', atLeast: 0.6 },
  { what: 'The same share of the CPU of the database', key: 'audience.cpu.share', unit: 'ratio', atLeast: 0.6 },
  { what: '/send with an audience of everybody, the answer', key: 'audience.answer.ms', unit: 'ms', atMost: 200 },
  { what: 'Its first message, from the request', key: 'audience.first.ms', unit: 'ms', atMost: 2000 },
  { what: 'Memory of the API meanwhile, at its peak', key: 'audience.api.memory', unit: 'mb', atMost: 200e6 },
  { what: 'Rendering 1,000,000 messages on one core', key: 'render.seconds', unit: 's', atMost: 1 },
]

export type Verdict = 'met' | 'missed' | 'not measured'

export function judge({ key, atMost, atLeast }: Target, values: Values): Verdict {
  const value = values[key]
  if (value === undefined) return 'not measured'
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY)
    ? 'met'
    : 'missed'
}

export function targetTable(values: Values): string {
  const rows = targets.map((target) => {
    const { what, key, unit, atMost, atLeast } = target
    const bound = atMost === undefined ? `at least ${write(atLeast, unit)}` : `at most ${write(atMost, unit)}`
    return [what, bound, write(values[key], unit), judge(target, values)]
  })
  return table(['target', 'bound', 'measured', ''], rows)
}

/** Targets that were measured, a line each. */
export function targetLines(values: Values): string {
  return targets
    .filter((target) => judge(target, values) !== 'not measured')
    .map((target) => `${judge(target, values).padEnd(7)} ${target.what}: ${write(values[target.key], target.unit)}`)
    .join('\n')
}
