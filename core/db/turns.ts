/**
 * Turns of the event loop between the statements of the embedded database. A statement is over without one, and so is a
 * message to a sender that answers at once: a worker between the two would let no request, timer or signal through until its
 * work is over, and statements that wait for each other would run in one turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import type { PGliteDialectConfig } from 'kysely'

type Embedded = Exclude<PGliteDialectConfig['pglite'], (...options: never[]) => unknown>
type Query = Embedded['query']

/** Settles as the work does, and a turn later: whoever waits for the connection has it only then. */
async function withTurn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } finally {
    await nextTurn()
  }
}

/** The database as Kysely uses it. */
export function inTurns(pglite: PGlite): Embedded {
  const query: Query = (...call) => withTurn((pglite.query as Query)(...call))
  return {
    get closed() {
      return pglite.closed
    },
    get ready() {
      return pglite.ready
    },
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query,
    transaction: (work) =>
      withTurn(
        pglite.transaction((trx) =>
          work({ rollback: () => trx.rollback(), query: (...call) => withTurn((trx.query as Query)(...call)) }),
        ),
      ),
  }
}
