/** Choice of what a condition is about. */
import { fieldOptions } from '../../../rule/parts.ts'
import { useBuilder } from './context.ts'

interface SubjectSelectProps {
  readonly value: string
  readonly onChange: (subject: string) => void
}

const people = [
  ['tag:', 'Tag'],
  ['segment:', 'Another segment'],
] as const
const messages = [
  ['campaign:', 'Recipient of a campaign'],
  ['received:', 'Received a message'],
  ['written:', 'Written to at all'],
] as const

export function SubjectSelect({ value, onChange }: SubjectSelectProps) {
  const { attributes } = useBuilder()
  const own = attributes.map(({ name }) => [`attributes.${name}`, name] as const)
  const groups = [
    ['Customer', fieldOptions],
    ['Attributes', own],
    ['Groups of customers', people],
    ['Messages', messages],
  ] as const
  const isKnown = groups.some(([, options]) => options.some(([subject]) => subject === value))
  return (
    <select className="select" aria-label="Field" value={value} onChange={(event) => onChange(event.target.value)}>
      {!isKnown && <option value={value}>{value.replace('attributes.', '')}</option>}
      {groups.map(
        ([label, options]) =>
          options.length > 0 && (
            <optgroup key={label} label={label}>
              {options.map(([subject, name]) => (
                <option key={subject} value={subject}>
                  {name}
                </option>
              ))}
            </optgroup>
          ),
      )}
    </select>
  )
}
