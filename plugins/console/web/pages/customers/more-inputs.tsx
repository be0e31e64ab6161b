/** Fields of a customer besides name, phone, location and product: language, time zone, tags and attributes. */
import { useId } from 'react'
import type { Attribute } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import type { CustomerValues, PlainField, Problems } from './customer-values.ts'

interface MoreInputsProps {
  readonly values: CustomerValues
  readonly attributes: readonly Attribute[]
  readonly problems: Problems
  readonly onField: (field: PlainField, value: string) => void
  readonly onChange: (changes: Partial<CustomerValues>) => void
}

export function MoreInputs({ values, attributes, problems, onField, onChange }: MoreInputsProps) {
  const zones = useId()
  const change = (name: string, text: string) => onChange({ attributes: { ...values.attributes, [name]: text } })
  return (
    <>
      <Field label="Language" hint="A language tag, such as sw or en-KE" problem={problems.get('language')}>
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            maxLength={35}
            value={values.fields.language}
            onChange={(event) => onField('language', event.target.value)}
          />
        )}
      </Field>
      <Field label="Time zone" hint="Such as Africa/Nairobi" problem={problems.get('time_zone')}>
        {(field) => (
          <>
            <input
              {...field}
              list={zones}
              autoComplete="off"
              maxLength={64}
              value={values.fields.time_zone}
              onChange={(event) => onField('time_zone', event.target.value)}
            />
            <datalist id={zones}>
              {Intl.supportedValuesOf('timeZone').map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Tags" hint="Words that group customers, with commas between them" problem={problems.get('tags')}>
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            value={values.tags}
            onChange={(event) => onChange({ tags: event.target.value })}
          />
        )}
      </Field>
      {attributes.map((attribute) => (
        <AttributeInput
          key={attribute.name}
          attribute={attribute}
          text={values.attributes[attribute.name] ?? ''}
          problem={problems.get(`attributes.${attribute.name}`)}
          onChange={(text) => change(attribute.name, text)}
        />
      ))}
    </>
  )
}

interface AttributeInputProps {
  readonly attribute: Attribute
  readonly text: string
  readonly problem: string | undefined
  readonly onChange: (text: string) => void
}

function AttributeInput({ attribute: { name, type, description }, text, problem, onChange }: AttributeInputProps) {
  return (
    <Field label={name} hint={description ?? undefined} problem={problem}>
      {(field) =>
        type === 'boolean' ? (
          <select {...field} className="select" value={text} onChange={(event) => onChange(event.target.value)}>
            <option value="">–</option>
            <option value="true">Yes</option>
            <option value="false">No</option>
          </select>
        ) : (
          <input
            {...field}
            type={type === 'date' ? 'date' : 'text'}
            inputMode={type === 'number' ? 'decimal' : undefined}
            autoComplete="off"
            maxLength={200}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  )
}
