/** Rule A11: when all is over nothing is left behind. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { until } from '../../test/support/server-process-wait.ts'
import { type Breach, breaches } from './invariant.ts'
import type { Stage } from './stage.ts'

/** Time for leases of killed processes to expire, and for workers to drop the deliveries that a broker still holds. */
const WITHIN_MS = 15_000

/** Chunks that are not done, leases, transactions that nobody ends, and messages that lie at the broker. */
export async function findUnquiet(stage: Stage): Promise<Breach[]> {
  const look = async () => [
    ...breaches('A11', 'chunks are not done', await openChunks(stage.database.db)),
    ...breaches('A11', 'transactions are idle', await idleTransactions(stage.database.db)),
    ...breaches('A11', 'messages lie at the broker', await brokerMessages(stage)),
  ]
  let left: Breach[] = []
  await until(
    'nothing is left',
    async () => {
      left = await look()
      return left.length === 0
    },
    WITHIN_MS,
  ).catch(() => {}) // `left` tells what it was
  return left
}

function openChunks(db: Kysely<Database>) {
  return db
    .selectFrom('dispatch_chunks')
    .select(['id', 'state', 'leased_by'])
    .where((eb) => eb.or([eb('state', '<>', 'done'), eb('in_flight', '>', 0)]))
    .execute()
}

async function idleTransactions(db: Kysely<Database>) {
  const { rows } = await sql`select pid, query from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'
      and state_change < now() - interval '2 seconds'`.execute(db)
  return rows
}

/**
 * Ready or handed out and not acknowledged. The queues' members are asked: the figures that RabbitMQ lists are up to five
 * seconds old.
 */
async function brokerMessages({ transport, broker, settings }: Stage) {
  if (transport !== 'rabbitmq') return []
  const vhost = new URL(settings.RABBITMQ_URL ?? '').pathname.slice(1)
  const total = await broker.ctl(
    'eval',
    `lists:sum([Messages || Queue <- rabbit_amqqueue:list(<<"${vhost}">>),
       {ok, {_, Messages}, _} <- [ra:local_query(amqqueue:get_pid(Queue), fun rabbit_fifo:query_messages_total/1)]]).`,
  )
  return total === '0' ? [] : [total]
}
