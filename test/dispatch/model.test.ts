/** Random histories of one campaign, step by step against a model in memory: the recipient invariant holds after every step. */
import { beforeEach, test } from 'bun:test'
import fc from 'fast-check'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCustomers } from '../support/dispatch.ts'
import { act, CUSTOMERS, expectAsModelled, openHistory } from '../support/history.ts'
import { step } from '../support/history-steps.ts'

/** `npm run chaos` asks for more. */
const RUNS = { pglite: 5, postgres: Number(process.env.MODEL_RUNS ?? 20) }

eachDatabase((database, kind) => {
  beforeEach(() => emptyTables(database().db))

  test('the recipient invariant holds after every step of any history, and messages are what the rules say', async () => {
    const { db } = database()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50, size: 'max' }), async (steps) => {
        await emptyTables(db)
        await addCustomers(db, CUSTOMERS)
        const history = await openHistory(db)
        await act(history, { do: 'queue', from: 0, count: 3, more: false })
        for (const each of steps) {
          await act(history, each)
          await expectAsModelled(history)
        }
      }),
      { numRuns: RUNS[kind] },
    )
  }, 120_000)
})
