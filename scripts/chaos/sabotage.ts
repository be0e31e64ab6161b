/**
 * Loaded before the program, this takes one remedy out of its source as CHAOS_SABOTAGE says: for the test that the audit
 * notices. It fails when the text to take out is not there any more.
 */
import { plugin } from 'bun'

const cuts = {
  /** A worker that lost its lease may go on starting messages (race 11). */
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
  'no fence': { from: 'case when ${ours} then p.permits else 0 end', to: 'p.permits' },
  /** An outcome counts although another one was written before (races 10 and 13). */
  'no compare-and-set': {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    from: "case when m.status = 'pending' then m.turn = (${param('turns')}::smallint[])[r.nth] else false end",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    to: "(${param('turns')}::smallint[])[r.nth] >= 0",
  },
} as const

export type Sabotage = keyof typeof cuts

const { from, to } = cuts[process.env.CHAOS_SABOTAGE as Sabotage]

plugin({
  name: 'sabotage',
  setup: (build) => {
    build.onLoad({ filter: /\/core\/messaging\/chunk\/report-statement\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text()
      if (!source.includes(from)) throw new Error(`Cannot sabotage "${path}": it does not say "${from}"`)
      return { contents: source.replace(from, to), loader: 'ts' }
    })
  },
})
