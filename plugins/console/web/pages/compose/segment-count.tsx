/** Characters outside the GSM alphabet, which shorten an SMS part and raise a campaign's cost. */
import { countSegments } from '../../../../../core/messaging/text/segments.ts'
import { writePlainly } from '../../../../../core/messaging/text/transliterate.ts'

interface SegmentCountProps {
  readonly template: string
  readonly onChange: (template: string) => void
}

/** The character itself, or its code point if it cannot be seen. */
export function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return /^[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
    ? character
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

export function SegmentCount({ template, onChange }: SegmentCountProps) {
  const { forcing } = countSegments(template)
  if (forcing.length === 0) return null
  const plain = writePlainly(template)
  return (
    <div className="callout callout-warning" role="status">
      <p>
        {forcing.slice(0, 12).map((one) => (
          <mark key={one} className="forcing">
            {nameOf(one)}
          </mark>
        ))}{' '}
        {forcing.length === 1 ? 'is' : 'are'} not in the SMS alphabet, so a part holds 70 characters instead of 160.
      </p>
      {plain !== template && (
        <button type="button" className="button" onClick={() => onChange(plain)}>
          Use plain quotes and dashes
        </button>
      )}
    </div>
  )
}
