/** Says so when work waits and nobody is there to do it. Pure. */

interface Situation {
  /** Messages that may be sent now, or soon. */
  readonly work: boolean
  readonly scheduled: boolean
  /** The plugins of every process that was seen lately. */
  readonly plugins: readonly string[]
}

export function noteOn({ work, scheduled, plugins }: Situation): string | null {
  const missing = [
    ...(work && !plugins.includes('worker') ? ['worker'] : []),
    ...((work || scheduled) && !plugins.includes('scheduler') ? ['scheduler'] : []),
  ]
  if (missing.length === 0) return null
  const what = work ? 'Messages wait' : 'A scheduled campaign waits'
  return `${what}, but no process with the plugin ${missing.join(' or ')} was seen lately: start one`
}
