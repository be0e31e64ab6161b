import { expect, test } from 'bun:test'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/bun.mjs', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly printed: () => string
  readonly said: (text: string) => Promise<void>
}

/** @param launch what runs bun.mjs, and its own options */
function start(program: string, launch = [process.execPath]): Started {
  const [runtime = '', ...options] = launch
  const child = spawn(runtime, [...options, script, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const said = async (text: string) => {
    while (!printed.includes(text)) await once(child.stdout ?? child, 'data')
  }
  return { child, printed: () => printed, said }
}

test('bun.mjs runs the pinned Bun and passes on its output and exit code', async () => {
  const { child, printed } = start('console.log(Bun.version); process.exit(7)')
  expect(await once(child, 'close')).toEqual([7, null])
  expect(printed()).toBe(`${Bun.version}\n`)
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('bun.mjs forwards %s and waits for the program', async (signal) => {
  const { child, said } = start(`
    process.on('${signal}', () => setTimeout(() => process.exit(9), 50))
    setTimeout(() => {}, 60_000)
    console.log('ready')`)
  await said('ready')
  child.kill(signal)
  expect(await once(child, 'close')).toEqual([9, null])
})

/** For Node: holds its process up for a second right after each start of another one, as a busy machine may. */
const slowStarts = `
  import processes from 'node:child_process'
  import { syncBuiltinESMExports } from 'node:module'
  const { spawn } = processes
  processes.spawn = (...args) => {
    const child = spawn(...args)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
    return child
  }
  syncBuiltinESMExports()`

test('bun.mjs forwards a signal that comes as soon as the program runs', async () => {
  const { child, said } = start(
    `
    process.on('SIGHUP', () => process.exit(9))
    setTimeout(() => {}, 10_000)
    console.log('ready')`,
    ['node', `--import=data:text/javascript,${encodeURIComponent(slowStarts)}`],
  )
  await said('ready')
  child.kill('SIGHUP')
  expect(await once(child, 'close')).toEqual([9, null])
})

test('bun.mjs forwards one of several signals that come at once, and a later one again', async () => {
  const { child, printed, said } = start(`
    let signals = 0
    process.on('SIGINT', () => console.log('signal ' + ++signals))
    process.on('SIGTERM', () => process.exit(0))
    setTimeout(() => {}, 60_000)
    console.log('ready')`)
  await said('ready')
  for (let i = 0; i < 3; i++) child.kill('SIGINT')
  await said('signal 1')
  await Bun.sleep(300)
  child.kill('SIGINT')
  await said('signal 2')
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(printed()).toBe('ready\nsignal 1\nsignal 2\n')
})

test('bun.mjs ends with 128 and the number of the signal that killed the program', async () => {
  const { child } = start("process.kill(process.pid, 'SIGKILL')")
  expect(await once(child, 'close')).toEqual([137, null])
})
