/** The processes of one cell: none of them is left to the next, whatever happens. */
import type { ServerProcess } from '../../test/support/server-process.ts'
import { type Breach, breaches } from './law.ts'

export interface Crew extends AsyncDisposable {
  add(member: ServerProcess): ServerProcess
  members(): readonly ServerProcess[]
  /** Tells all but these to end, and waits for it. @returns those that did not end well, though nobody had killed them */
  end(spared: readonly ServerProcess[]): Promise<readonly Breach[]>
}

export function openCrew(): Crew {
  const all = new Set<ServerProcess>()
  return {
    add: (member) => {
      all.add(member)
      return member
    },
    members: () => [...all],
    end: async (spared) => {
      const told = [...all].filter((each) => !spared.includes(each))
      const codes = await Promise.all(told.map(async (each) => ({ pid: each.pid, code: await each.end() })))
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
