import { expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { endLeftovers } from '../../scripts/check/leftovers.ts'

test.skipIf(process.platform !== 'linux')(
  'endLeftovers() kills the processes with the mark, and no other',
  async () => {
    const value = crypto.randomUUID()
    const environments = [{ MARK: value }, { MARK: 'another' }, {}]
    const [marked, other, plain] = environments.map((env) => spawn('/bin/sleep', ['60'], { env }))
    if (!marked || !other || !plain) throw new Error('Cannot start the processes')
    await Promise.all([marked, other, plain].map((child) => once(child, 'spawn')))
    const ended = once(marked, 'exit')
    expect(endLeftovers(`MARK=${value}`)).toEqual([`${marked.pid} /bin/sleep 60`])
    expect(await ended).toEqual([null, 'SIGKILL'])
    for (const child of [other, plain]) {
      expect(child.exitCode ?? child.signalCode).toBeNull()
      child.kill('SIGKILL')
    }
  },
)
