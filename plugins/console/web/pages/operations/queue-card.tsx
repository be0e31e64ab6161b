/** Card with the figures of the queue. */
import type { Snapshot } from '../../api/types.ts'
import { count, dateTime } from '../../text/format.ts'

export function QueueCard({ queue }: { readonly queue: Snapshot['queue'] }) {
  const { broker } = queue
  const figures: readonly (readonly [string, string])[] = [
    ['Messages waiting', count(queue.waiting_messages)],
    ['Batches ready', count(queue.ready_chunks + queue.published_chunks)],
    ['Batches being sent', count(queue.leased_chunks)],
    ['Batches held for later', count(queue.held_chunks)],
    ...(queue.next_due_at ? [['Next due', dateTime(queue.next_due_at)] as const] : []),
    ...(broker
      ? [
          [`Batches in ${broker.name}`, count(broker.messages)] as const,
          ['Connected workers', count(broker.consumers)] as const,
          ['Unreadable batches', count(broker.dead_letters)] as const,
        ]
      : []),
  ]
  return (
    <section className="card" aria-labelledby="queue-title">
      <h2 id="queue-title">Queue</h2>
      <dl className="pairs">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
