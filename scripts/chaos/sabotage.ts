/**
 * Loaded before the program, this takes one remedy out of its source as CHAOS_SABOTAGE says: for the test that the audit
 * notices. It fails when the text to take out is not there any more.
 */
import { plugin } from 'bun'

const cuts = {
  /** A worker that lost its lease may go on starting messages (race 11). */
  'no fence': { from: "case when c.epoch = a.epoch and c.state = 'leased' then a.permits else 0 end", to: 'a.permits' },
  /** A result counts although another one was written before (races 10 and 13). */
  'no compare-and-set': {
    from: "case when m.status = 'pending' then m.turn = (:turns::smallint[])[r.nth] else false end",
    to: '(:turns::smallint[])[r.nth] >= 0',
  },
} as const

export type Sabotage = keyof typeof cuts

const { from, to } = cuts[process.env.CHAOS_SABOTAGE as Sabotage]

const READS = "readSqlFile(new URL('./report.sql', import.meta.url))"

plugin({
  name: 'sabotage',
  setup: (build) => {
    build.onLoad({ filter: /\/core\/messaging\/chunk\/report-statement\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text()
      const statement = await Bun.file(new URL('./report.sql', `file://${path}`)).text()
      if (!source.includes(READS)) throw new Error(`Cannot sabotage "${path}": it does not say "${READS}"`)
      if (!statement.includes(from)) throw new Error(`Cannot sabotage report.sql: it does not say "${from}"`)
      const cut = `${READS}.replace(${JSON.stringify(from)}, ${JSON.stringify(to)})`
      return { contents: source.replace(READS, () => cut), loader: 'ts' }
    })
  },
})
