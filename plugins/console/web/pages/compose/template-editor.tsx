/** Editor for the text, with buttons for its placeholders. */
import { useMemo, useRef } from 'react'
import { compileTemplate, warnings } from '../../../../../core/messaging/text/template.ts'
import { type Channel, type CustomerField, customerFields, fieldNames } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { SegmentCount } from './segment-count.tsx'

const LONGEST = 4096
/** Words used where a customer’s detail is missing; everybody has a phone. */
const fallbacks: Readonly<Record<CustomerField, string>> = {
  first_name: '|there',
  last_name: '',
  phone: '',
  location: '|your town',
  prefered_product: '|our products',
}
const order: readonly CustomerField[] = ['first_name', 'last_name', 'location', 'prefered_product', 'phone']

interface TemplateEditorProps {
  readonly channel: Channel
  readonly value: string
  readonly onChange: (template: string) => void
}

export function TemplateEditor({ channel, value, onChange }: TemplateEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const problems = useMemo(() => warnings(compileTemplate(value)), [value])
  const insert = (field: CustomerField) => {
    const { current } = area
    if (!current) return
    current.focus()
    current.setRangeText(`{${field}${fallbacks[field]}}`, current.selectionStart, current.selectionEnd, 'end')
    onChange(current.value)
  }
  return (
    <>
      <Field
        label="Text"
        hint="{first_name|there} becomes each customer’s first name, or “there” if it is missing."
        problem={problems.length > 0 ? problems.join(' ') : undefined}
      >
        {(field) => (
          <textarea
            {...field}
            ref={area}
            rows={6}
            maxLength={LONGEST}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      <div className="chips">
        <span className="muted">Insert</span>
        {order
          .filter((field) => customerFields.includes(field))
          .map((field) => (
            <button key={field} type="button" className="chip" onClick={() => insert(field)}>
              {fieldNames[field]}
            </button>
          ))}
      </div>
      {channel === 'sms' && <SegmentCount template={value} onChange={onChange} />}
    </>
  )
}
