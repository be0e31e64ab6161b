import { expect, test } from 'bun:test'
import { type BatcherOptions, openBatcher } from '../../core/batcher.ts'

interface Run {
  readonly items: readonly string[]
  answer(): void
  fail(error: unknown): void
}

/** An item is its key; `a*5` has the size 5. */
function setup(changes: Partial<BatcherOptions<string, string>> = {}) {
  const runs: Run[] = []
  const add = openBatcher<string, string>({
    run: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
      runs.push({ items, answer: () => resolve(items.map((item) => item.toUpperCase())), fail: reject })
      return promise
    },
    keyOf: (item) => item.charAt(0),
    sizeOf: (item) => Number(item.split('*')[1] ?? 1),
    isPassing: (error) => error === 'passing',
    limits: { concurrency: 2, size: 10 },
    minBatch: 5,
    ...changes,
  })
  const items = () => runs.map((run) => run.items.join(' '))
  const answer = async (nth: number) => {
    runs[nth]?.answer()
    await turn()
  }
  return { add, runs, items, answer }
}

/** Whatever was put off to the next turn of the event loop has run then. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 2))

test('requests of one moment share a batch, and each gets its own answer', async () => {
  const { add, items, answer } = setup()
  const answers = Promise.all([add('a'), add('b'), add('c')])
  await turn()
  expect(items()).toEqual(['a b c'])
  await answer(0)
  expect(await answers).toEqual(['A', 'B', 'C'])
})

test('requests wait for the batch in flight, unless they are enough for another one', async () => {
  const { add, items, answer } = setup()
  void add('a')
  await turn()
  void add('b*2')
  await turn()
  expect(items()).toEqual(['a'])
  void add('c*3')
  await turn()
  expect(items()).toEqual(['a', 'b*2 c*3'])
  void add('d*9')
  await turn()
  expect(items()).toHaveLength(2)
  await answer(1)
  expect(items()).toEqual(['a', 'b*2 c*3', 'd*9'])
})

test('a batch is no larger than its limit; an item that is larger goes alone', async () => {
  const { add, items, answer } = setup()
  for (const item of ['a*6', 'b*5', 'c*4', 'd*50']) void add(item)
  await turn()
  expect(items()).toEqual(['a*6 c*4', 'b*5'])
  await answer(0)
  expect(items()).toEqual(['a*6 c*4', 'b*5', 'd*50'])
})

test('two items with one key never share a batch, and keep their order', async () => {
  const { add, items, answer } = setup()
  for (const item of ['a*1', 'a*2', 'b*1', 'a*3']) void add(item)
  await turn()
  expect(items()[0]).toBe('a*1 b*1')
  await answer(0)
  expect(items().slice(0, 2)).toEqual(['a*1 b*1', 'a*2'])
  await answer(1)
  expect(items()).toEqual(['a*1 b*1', 'a*2', 'a*3'])
})

test('a passing failure rejects the whole batch; any other rejects only the item that causes it', async () => {
  const failures: unknown[] = []
  const add = openBatcher<string, string>({
    run: async (items) => {
      if (items.includes('down')) throw 'passing'
      if (items.includes('bad')) throw 'wrong'
      return items
    },
    keyOf: (item) => item,
    sizeOf: () => 1,
    isPassing: (error) => error === 'passing',
    limits: { concurrency: 1, size: 10 },
    minBatch: 1,
  })
  const all = (items: string[]) =>
    Promise.all(items.map((item) => add(item).catch((error) => failures.push(error) && `${item}: ${error}`)))
  expect(await all(['a', 'down', 'b'])).toEqual(['a: passing', 'down: passing', 'b: passing'])
  expect(await all(['a', 'bad', 'b'])).toEqual(['a', 'bad: wrong', 'b'])
  expect(failures).toHaveLength(4)
})

test('without keys and sizes all waiting requests share a batch', async () => {
  const runs: string[] = []
  const add = openBatcher<string, string>({
    run: async (items) => {
      runs.push(items.join(' '))
      await turn()
      return items
    },
    isPassing: () => false,
    limits: { concurrency: 1, size: 10 },
    minBatch: 1,
  })
  const first = add('a')
  await turn()
  expect(await Promise.all([first, ...['b', 'b', 'b*7'].map(add)])).toEqual(['a', 'b', 'b', 'b*7'])
  expect(runs).toEqual(['a', 'b b b*7'])
})
