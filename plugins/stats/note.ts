/** Note for operators that work waits and no running process can do it. Pure. */

interface Situation {
  /** Messages that may be sent now, or soon. */
  readonly work: boolean
  readonly scheduled: boolean
  /** Plugins of all running processes. */
  readonly plugins: readonly string[]
}

export function noteOn({ work, scheduled, plugins }: Situation): string | null {
  const missing = [
    ...(work && !plugins.includes('worker') ? ['worker'] : []),
    ...((work || scheduled) && !plugins.includes('scheduler') ? ['scheduler'] : []),
  ]
  if (missing.length === 0) return null
  const waiting = work ? 'Messages are waiting' : 'A scheduled campaign is waiting'
  return `${waiting}, but no running process has the plugin ${missing.map((name) => `"${name}"`).join(' or ')}: start one`
}
