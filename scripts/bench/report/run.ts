/** Record of a run, from which its report is written. */
import type { Figures } from '../figures.ts'
import type { Unit } from '../format.ts'
import { write } from '../format.ts'
import type { Machine } from '../machine.ts'
import type { Plan } from '../plan.ts'
import type { Values } from '../summary.ts'

/** Another queue that people would use instead, and its figures. */
export interface PeerNote {
  /** As in `peers.<name>.rate`. */
  readonly name: string
  readonly label: string
  readonly offers: string
  readonly settings: string
  /** Processes. */
  readonly workers: number
  readonly versions: Readonly<Record<string, string>>
  /** Why it was not measured; empty where it was. */
  readonly missing: string
}

export interface Run {
  readonly command: string
  readonly at: Date
  readonly seconds: number
  readonly machine: Machine
  /** Settings of the PostgreSQL that all contenders ran on. */
  readonly postgres: Readonly<Record<string, string>>
  readonly plan: Plan
  readonly figures: Figures
  readonly values: Values
  readonly peers: readonly PeerNote[]
}

/** The median, the least and the most, and how many rounds there were. */
export function spreadCells({ figures }: Pick<Run, 'figures'>, key: string, unit: Unit): string[] {
  const figure = figures[key]
  return [
    write(figure?.median, unit),
    write(figure?.min, unit),
    write(figure?.max, unit),
    figure ? String(figure.rounds) : '-',
  ]
}
