/** Row of figures, each under its label. */
import { count } from '../text/format.ts'

interface FiguresProps {
  /** Label, name for tests and scripts, and value of each. */
  readonly figures: readonly (readonly [label: string, name: string, value: number])[]
}

export function Figures({ figures }: FiguresProps) {
  return (
    <dl className="figures">
      {figures.map(([label, name, value]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd data-figure={name}>{count(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
