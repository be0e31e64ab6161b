import { useState } from 'react'
import { errorText } from '../api/client.ts'

export interface Action {
  readonly busy: boolean
  /** Failure of the last run. */
  readonly problem: string | undefined
  /** Runs the work unless it runs already. */
  run(work: () => Promise<unknown>): Promise<void>
  clear(): void
}

/** Action of a button, which runs once at a time. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const run = async (work: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
    } catch (error) {
      setProblem(errorText(error))
    } finally {
      setBusy(false)
    }
  }
  return { busy, problem, run, clear: () => setProblem(undefined) }
}
