/** Time to fill in a template for a million people, on one core. */
import { compileTemplate } from '../../core/messaging/text/template.ts'
import { makePeople } from '../people.ts'
import { TEMPLATE } from './customers.ts'
import { write } from './format.ts'
import { type Bench, takeTurns } from './part.ts'

const PEOPLE = 10_000

export async function runRender({ plan, note, say }: Bench): Promise<void> {
  const { messages, rounds } = plan.render
  const people = makePeople(PEOPLE, 1)
  const contender = {
    name: `${write(messages, 'plain')} texts`,
    rounds,
    run: async () => {
      const seconds = renderAll(people, messages)
      note('render.seconds', seconds * (1_000_000 / messages))
      return write(seconds, 's')
    },
  }
  await takeTurns([contender], say)
}

/** @returns seconds */
export function renderAll(people: ReturnType<typeof makePeople>, messages: number): number {
  const template = compileTemplate(TEMPLATE)
  let bytes = 0
  const begun = performance.now()
  for (let nth = 0; nth < messages; nth++) {
    const person = people[nth % people.length]
    // Its length in bytes can only be told of a text that has been put together, not of one that is still its parts.
    if (person) bytes += Buffer.byteLength(template.render(person))
  }
  const seconds = (performance.now() - begun) / 1000
  if (bytes < messages * 'Habari'.length) throw new Error(`Only ${bytes} bytes were rendered`)
  return seconds
}
