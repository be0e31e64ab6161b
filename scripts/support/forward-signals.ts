/** Passes what is to end this process on to the one that does its work. */
import type { ChildProcess } from 'node:child_process'

/** Call it before the child is started: a signal that came between the two would end this process and leave the child. */
export function forwardSignals(child: () => ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child().kill(signal))
}
