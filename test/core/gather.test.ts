import { expect, test } from 'bun:test'
import { type GatherOptions, openGather } from '../../core/gather.ts'

interface Run {
  readonly items: readonly string[]
  answer(): void
  fail(error: unknown): void
}

/** An item is its key; `a*5` has the size 5. */
function setup(changes: Partial<GatherOptions<string, string>> = {}) {
  const runs: Run[] = []
  const ask = openGather<string, string>({
    run: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
      runs.push({ items, answer: () => resolve(items.map((item) => item.toUpperCase())), fail: reject })
      return promise
    },
    keyOf: (item) => item.charAt(0),
    sizeOf: (item) => Number(item.split('*')[1] ?? 1),
    isPassing: (error) => error === 'passing',
    most: { atOnce: 2, size: 10 },
    enough: 5,
    ...changes,
  })
  const items = () => runs.map((run) => run.items.join(' '))
  const answer = async (nth: number) => {
    runs[nth]?.answer()
    await turn()
  }
  return { ask, runs, items, answer }
}

/** Whatever was put off to the next turn of the event loop has run then. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 2))

test('what is asked for at one time goes together, and each gets its own answer', async () => {
  const { ask, items, answer } = setup()
  const answers = Promise.all([ask('a'), ask('b'), ask('c')])
  await turn()
  expect(items()).toEqual(['a b c'])
  await answer(0)
  expect(await answers).toEqual(['A', 'B', 'C'])
})

test('while a run is under way the rest waits for it, unless it is enough for another', async () => {
  const { ask, items, answer } = setup()
  void ask('a')
  await turn()
  void ask('b*2')
  await turn()
  expect(items()).toEqual(['a'])
  void ask('c*3')
  await turn()
  expect(items()).toEqual(['a', 'b*2 c*3'])
  void ask('d*9')
  await turn()
  expect(items()).toHaveLength(2)
  await answer(1)
  expect(items()).toEqual(['a', 'b*2 c*3', 'd*9'])
})

test('a run becomes no larger than it may; what is larger by itself goes alone', async () => {
  const { ask, items, answer } = setup()
  for (const item of ['a*6', 'b*5', 'c*4', 'd*50']) void ask(item)
  await turn()
  expect(items()).toEqual(['a*6 c*4', 'b*5'])
  await answer(0)
  expect(items()).toEqual(['a*6 c*4', 'b*5', 'd*50'])
})

test('two of one key never go together, and keep their order', async () => {
  const { ask, items, answer } = setup()
  for (const item of ['a*1', 'a*2', 'b*1', 'a*3']) void ask(item)
  await turn()
  expect(items()[0]).toBe('a*1 b*1')
  await answer(0)
  expect(items().slice(0, 2)).toEqual(['a*1 b*1', 'a*2'])
  await answer(1)
  expect(items()).toEqual(['a*1 b*1', 'a*2', 'a*3'])
})

test('a failure that passes is everybody’s; any other is looked for, and only its own item gets it', async () => {
  const failures: unknown[] = []
  const ask = openGather<string, string>({
    run: async (items) => {
      if (items.includes('down')) throw 'passing'
      if (items.includes('bad')) throw 'wrong'
      return items
    },
    keyOf: (item) => item,
    sizeOf: () => 1,
    isPassing: (error) => error === 'passing',
    most: { atOnce: 1, size: 10 },
    enough: 1,
  })
  const all = (items: string[]) =>
    Promise.all(items.map((item) => ask(item).catch((error) => failures.push(error) && `${item}: ${error}`)))
  expect(await all(['a', 'down', 'b'])).toEqual(['a: passing', 'down: passing', 'b: passing'])
  expect(await all(['a', 'bad', 'b'])).toEqual(['a', 'bad: wrong', 'b'])
  expect(failures).toHaveLength(4)
})

test('without keys and sizes all that waits goes together', async () => {
  const runs: string[] = []
  const ask = openGather<string, string>({
    run: async (items) => {
      runs.push(items.join(' '))
      await turn()
      return items
    },
    isPassing: () => false,
    most: { atOnce: 1, size: 10 },
    enough: 1,
  })
  const first = ask('a')
  await turn()
  expect(await Promise.all([first, ...['b', 'b', 'b*7'].map(ask)])).toEqual(['a', 'b', 'b', 'b*7'])
  expect(runs).toEqual(['a', 'b b b*7'])
})
