/** Editor for the text, with buttons for its placeholders. */
import { useRef } from 'react'
import { warnings } from '../../../../../core/messaging/text/template.ts'
import { type Attribute, type Channel, type CustomerField, customerFields, fieldNames } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { useAttributes, useTemplate } from '../../hooks/use-attributes.ts'
import { languageLabel } from '../../text/language.ts'
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
/** Numbers and dates are written as in the customer’s language. */
const formats: Readonly<Record<Attribute['type'], string>> = { text: '', number: ':number', boolean: '', date: ':date' }
const order: readonly CustomerField[] = ['first_name', 'last_name', 'location', 'prefered_product', 'phone']

interface TemplateEditorProps {
  readonly channel: Channel
  /** Language of the text; undefined: the default text. */
  readonly language?: string | undefined
  readonly value: string
  /** True if an approved template is sent, which the text only describes. */
  readonly isCopy: boolean
  readonly onChange: (template: string) => void
}

export function TemplateEditor({ channel, language, value, isCopy, onChange }: TemplateEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const { template, isComplete } = useTemplate(value)
  const attributes = useAttributes() ?? []
  const problems = isComplete ? warnings(template) : []
  const insert = (placeholder: string) => {
    const { current } = area
    if (!current) return
    current.focus()
    current.setRangeText(`{${placeholder}}`, current.selectionStart, current.selectionEnd, 'end')
    onChange(current.value)
  }
  return (
    <>
      <Field
        label={language === undefined ? 'Text' : `Text in ${languageLabel(language)}`}
        hint={
          isCopy
            ? 'The template in our words: previews show it, and it is kept with each message.'
            : '{first_name|there} becomes each customer’s first name, or “there” if it is missing.'
        }
        problem={problems.length > 0 ? problems.join(' ') : undefined}
      >
        {(field) => (
          <textarea
            {...field}
            ref={area}
            lang={language}
            dir="auto"
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
            <button key={field} type="button" className="chip" onClick={() => insert(field + fallbacks[field])}>
              {fieldNames[field]}
            </button>
          ))}
        {attributes.map(({ name, type }) => (
          <button
            key={name}
            type="button"
            className="chip"
            onClick={() => insert(`attributes.${name}${formats[type]}`)}
          >
            {name}
          </button>
        ))}
      </div>
      {channel === 'sms' && <SegmentCount template={value} onChange={onChange} />}
    </>
  )
}
