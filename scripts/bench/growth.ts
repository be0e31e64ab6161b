/** Cost of a message, in time and memory, for campaigns of ten thousand to a million. */
import { write } from './format.ts'
import { growthSizes, queues } from './keys.ts'
import { measureOurs } from './ours.ts'
import { type Bench, type Contender, takeTurns } from './part.ts'
import { lineOf } from './speed.ts'

export async function runGrowth({ environment, plan, note, say }: Bench): Promise<void> {
  const { sizes, rounds } = plan.growth
  const contenders = queues.flatMap((queue) =>
    sizes.map(
      (recipients, nth): Contender => ({
        name: `growth, ${queue}, ${write(recipients, 'plain')}`,
        rounds,
        run: async () => {
          const measured = await measureOurs(environment, { queue, workers: 2, recipients, warmUp: plan.warmUp })
          note(`growth.${queue}.${growthSizes[nth]}.rate`, measured.rate)
          note(`growth.${queue}.${growthSizes[nth]}.memory`, measured.peaks.worker)
          return lineOf(measured)
        },
      }),
    ),
  )
  await takeTurns(contenders, say)
}
