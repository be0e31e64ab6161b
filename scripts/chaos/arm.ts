/**
 * Loaded before the program (`bun --preload`), this makes it fail where CHAOS_FAILPOINT says: `place:action:milliseconds`,
 * once. What it did is told on stderr, where the chaos program looks for it.
 */
import { writeSync } from 'node:fs'
import { armFailpoints, type Failpoint } from '../../core/failpoint.ts'

export const actions = ['exit', 'throw', 'hang'] as const
export type Action = (typeof actions)[number]

const STDERR = 2
const [place, action, ms = '0'] = (process.env.CHAOS_FAILPOINT ?? '').split(':')
let struck = false

/** As the database's client says that its connection is gone, so that what may be done again is. */
const lost = () =>
  Object.assign(new Error('The connection was lost, says the chaos program'), { code: 'CONNECTION_CLOSED' })

armFailpoints(async (at: Failpoint) => {
  if (struck || at !== place) return
  struck = true
  // Written at once: a killed process flushes nothing.
  writeSync(STDERR, `failpoint ${place} ${action}\n`)
  if (action === 'exit') process.kill(process.pid, 'SIGKILL')
  if (action === 'throw') throw lost()
  await Bun.sleep(Number(ms))
  writeSync(STDERR, `failpoint ${place} resumed\n`)
})
