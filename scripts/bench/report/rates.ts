/** Report of a sender's rate. Pure. */
import { table, write } from '../format.ts'
import { queues } from '../keys.ts'
import type { Run } from './run.ts'

const names = { postgres: 'PostgreSQL', rabbitmq: 'RabbitMQ' } as const

export function ratesSection({ plan, values }: Run): string {
  const figure = (queue: keyof typeof names, key: string) => values[`rates.${queue}.${key}`]
  return `## The rate of a sender

Three worker processes, a sender with 50 parts a second, texts of one to four parts, by the provider's ledger over ${plan.rates.seconds} s. Then the rate is doubled while messages are sent, and counted from a second after that; a campaign of ten is sent beside one of thousands; and two of thousands share the rate.

${table(
  [
    'queue',
    'parts in the busiest second',
    'parts a second',
    'at twice the rate',
    'the ten begin after',
    'share of the second campaign',
  ],
  queues.map((queue) => [
    names[queue],
    write(figure(queue, 'busiest'), 'plain'),
    write(figure(queue, 'average'), 'rate'),
    write(figure(queue, 'changed'), 'rate'),
    write(figure(queue, 'begins'), 'ms'),
    write(figure(queue, 'share'), 'percent'),
  ]),
)}
`
}
