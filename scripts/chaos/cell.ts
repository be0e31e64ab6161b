/** One cell of the result: a fault, or many of one kind, in the middle of one campaign, and what the audit found. */
import type { Found } from './deliveries.ts'
import type { Breach } from './invariant.ts'
import type { Transport } from './stage.ts'

export interface CellName {
  readonly part: string
  readonly fault: string
  readonly transport: Transport
  readonly idempotent: boolean
}

/** Result of a cell's campaign. */
export interface Outcome extends Found {
  /** Number of injected faults. */
  readonly faults: number
  /** Milliseconds from a fault to the next message that was delivered, or to the end; the longest. */
  readonly recoveryMs: number
  /** Messages that waited for a receipt to settle them, where receipts do. */
  readonly doubts?: number
}

export interface CellResult extends CellName, Outcome {
  readonly seed: number
  readonly seconds: number
}

const nothing: Outcome = { recipients: 0, lost: 0, duplicated: 0, unknown: 0, faults: 0, recoveryMs: 0, breaches: [] }

/** Runs one cell; what it throws is a breach of its own, for it kept the audit from being made. */
export async function runCell(name: CellName, seed: number, work: () => Promise<Outcome>): Promise<CellResult> {
  const begun = performance.now()
  const outcome = await work().catch((error: unknown): Outcome => {
    const what = error instanceof Error ? error.message : String(error)
    return { ...nothing, breaches: [{ rule: 'run', what }] satisfies Breach[] }
  })
  return { ...name, seed, ...outcome, seconds: (performance.now() - begun) / 1000 }
}
