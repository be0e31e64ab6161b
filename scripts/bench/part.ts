/** Context of a part of the run. */

import type { Environment } from './environment.ts'
import type { Notebook } from './figures.ts'
import type { PartName } from './options.ts'
import type { Plan } from './plan.ts'

export interface Bench extends Pick<Notebook, 'note'> {
  readonly environment: Environment
  readonly plan: Plan
  /** Parts that run. */
  readonly parts: ReadonlySet<PartName>
  /** A line of progress. */
  say(line: string): void
}

/** One of several that are measured in turn. */
export interface Contender {
  readonly name: string
  /** It takes part in so many rounds, the first ones. */
  readonly rounds: number
  /** Notes what came of it. @returns a line about it */
  run(): Promise<string>
}

/** Interleaved, A B A B ..., so that what slows the machine down for a while slows all of them. */
export async function takeTurns(contenders: readonly Contender[], say: Bench['say']): Promise<void> {
  const rounds = Math.max(0, ...contenders.map((one) => one.rounds))
  for (let round = 1; round <= rounds; round++)
    for (const { name, run } of contenders.filter((one) => one.rounds >= round))
      say(`round ${round}  ${name.padEnd(28)} ${await run()}`)
}
