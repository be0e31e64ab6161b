/** Choice of an import whether its customers agreed to marketing, and to which words. */
import { Field } from '../../components/field.tsx'

/** Undefined: the import says nothing of consent. */
export type ImportConsent = { readonly wording: string } | undefined

interface ConsentChoiceProps {
  readonly consent: ImportConsent
  readonly onChange: (consent: ImportConsent) => void
}

export function ConsentChoice({ consent, onChange }: ConsentChoiceProps) {
  return (
    <fieldset className="consent-choice">
      <legend>Consent</legend>
      <label className="consent-check">
        <input
          type="checkbox"
          checked={consent !== undefined}
          onChange={({ target }) => onChange(target.checked ? { wording: '' } : undefined)}
        />
        <span>These people agreed to marketing messages</span>
      </label>
      {consent && (
        <Field
          label="Words that they agreed to (optional)"
          hint="Such as: offers by SMS, form of May 2026. It is recorded for each of them; those who have withdrawn stay withdrawn."
        >
          {(field) => (
            <input
              {...field}
              maxLength={2000}
              value={consent.wording}
              onChange={({ target }) => onChange({ wording: target.value })}
            />
          )}
        </Field>
      )}
    </fieldset>
  )
}
