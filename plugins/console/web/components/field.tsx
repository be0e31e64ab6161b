/** A labelled control with its hint and its problem, associated for screen readers. */
import { type ReactNode, useId } from 'react'

interface Tied {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

interface FieldProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly problem?: string | undefined
  readonly children: (field: Tied) => ReactNode
}

export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
        ...(problem ? { 'aria-invalid': true as const } : {}),
      })}
      {note && (
        <div id={`${id}-note`} className={problem ? 'field-problem' : 'field-hint'}>
          {note}
        </div>
      )}
    </div>
  )
}
