/** Choice of a campaign's purpose, with what it changes in words. */
import { type Purpose, purposeNames } from '../../api/types.ts'

const meanings: Readonly<Record<Purpose, string>> = {
  marketing:
    'Policies hold it: messages wait for quiet hours to end, and people who withdrew their consent, or have not given the one that is required, get none.',
  service:
    'Policies do not hold it: messages are sent at any hour. Only for what people expect of you, such as a receipt or a reminder, and never for offers.',
}

interface PurposeChoiceProps {
  readonly value: Purpose
  readonly onChange: (purpose: Purpose) => void
}

export function PurposeChoice({ value, onChange }: PurposeChoiceProps) {
  return (
    <fieldset className="choice">
      <legend>Purpose</legend>
      {(['marketing', 'service'] as const).map((purpose) => (
        <label key={purpose}>
          <input type="radio" name="purpose" checked={value === purpose} onChange={() => onChange(purpose)} />
          <span>{purposeNames[purpose]}</span>
        </label>
      ))}
      <p className="field-hint" aria-live="polite">
        {meanings[value]}
      </p>
    </fieldset>
  )
}
