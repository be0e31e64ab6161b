/** Processes of one cell, ended before the next one whatever happens. */
import type { ServerProcess } from '../../test/support/server-process.ts'
import { type Breach, breaches } from './invariant.ts'

export interface Processes extends AsyncDisposable {
  add(member: ServerProcess): ServerProcess
  members(): readonly ServerProcess[]
  /** Asks all but these to end, and waits for it. @returns those that ended badly without having been killed */
  end(spared: readonly ServerProcess[]): Promise<readonly Breach[]>
}

export function openProcesses(): Processes {
  const all = new Set<ServerProcess>()
  return {
    add: (member) => {
      all.add(member)
      return member
    },
    members: () => [...all],
    end: async (spared) => {
      const asked = [...all].filter((each) => !spared.includes(each))
      const codes = await Promise.all(asked.map(async (each) => ({ pid: each.pid, code: await each.end() })))
      // Null: a signal ended it, which none but SIGKILL does, and that was the fault.
      return breaches(
        'run',
        'processes did not end well',
        codes.filter(({ code }) => code !== 0 && code !== null),
      )
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([...all].map((each) => each.end('SIGKILL')))),
  }
}
