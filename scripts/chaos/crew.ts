/** The processes of one cell: none of them is left to the next, whatever happens. */
import type { ServerProcess } from '../../test/support/server-process.ts'

export interface Crew extends AsyncDisposable {
  add(member: ServerProcess): ServerProcess
  members(): readonly ServerProcess[]
}

export function openCrew(): Crew {
  const all = new Set<ServerProcess>()
  return {
    add: (member) => {
      all.add(member)
      return member
    },
    members: () => [...all],
    [Symbol.asyncDispose]: async () => void (await Promise.all([...all].map((each) => each.end('SIGKILL')))),
  }
}
