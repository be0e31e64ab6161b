import {
  type AttributeType,
  type AttributeTypes,
  attributeTypes,
} from '../../../../core/messaging/contacts/attributes.ts'
import type { ImportColumn } from '../../../../core/messaging/contacts/csv/columns.ts'
import { attributeTypeNames, customerFields, fieldNames } from '../api/types.ts'
import { Field } from '../components/field.tsx'
import { Select } from '../components/select.tsx'
import { isNew, type Mapping, mapColumn, type NewAttribute, nameProblem, newAttributeOf } from './mapping.ts'
import type { Table } from './read-file.ts'

interface MappingTableProps {
  readonly table: Table
  readonly attributes: AttributeTypes
  readonly mapping: Mapping
  readonly onChange: (mapping: Mapping) => void
}

const SHOWN = 2

/** The columns of the file, with sample values and the field or attribute that each is imported as. */
export function MappingTable({ table, attributes, mapping, onChange }: MappingTableProps) {
  const valuesOf = (nth: number) => table.sample.flatMap((row) => row[nth]?.trim() || [])
  return (
    <table className="list mapping">
      <caption>Columns of the file</caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Examples</th>
          <th scope="col">Imported as</th>
        </tr>
      </thead>
      <tbody>
        {table.names.map((name, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name, and none of them moves
          <tr key={nth}>
            <th scope="row">{name || `Column ${nth + 1}`}</th>
            <td className="muted">{valuesOf(nth).slice(0, SHOWN).join(', ')}</td>
            <td>
              <ColumnChoice
                name={name || `column ${nth + 1}`}
                choice={mapping[nth]}
                attributes={attributes}
                problem={nameProblem(mapping, nth, attributes)}
                begin={() => newAttributeOf(name, valuesOf(nth))}
                onChange={(choice) => onChange(mapColumn(mapping, nth, choice))}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ColumnChoiceProps {
  readonly name: string
  readonly choice: Mapping[number]
  readonly attributes: AttributeTypes
  /** Fault of the name of a new attribute. */
  readonly problem: string | undefined
  /** A new attribute for the column. */
  readonly begin: () => NewAttribute
  readonly onChange: (choice: Mapping[number]) => void
}

const NEW = 'new'
const more: readonly (readonly [ImportColumn, string])[] = [
  ['tags', 'Tags'],
  ['language', 'Language'],
  ['time_zone', 'Time zone'],
]

function ColumnChoice({ name, choice, attributes, problem, begin, onChange }: ColumnChoiceProps) {
  const choose = (value: string) =>
    onChange(value === NEW ? begin() : value === '' ? undefined : (value as ImportColumn))
  return (
    <>
      <select
        className="select"
        aria-label={`Import ${name} as`}
        value={isNew(choice) ? NEW : (choice ?? '')}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">Do not import</option>
        {[...customerFields.map((field) => [field, fieldNames[field]] as const), ...more].map(([field, label]) => (
          <option key={field} value={field}>
            {label}
          </option>
        ))}
        {attributes.size > 0 && (
          <optgroup label="Attributes">
            {[...attributes.keys()].map((attribute) => (
              <option key={attribute} value={`attributes.${attribute}`}>
                {attribute}
              </option>
            ))}
          </optgroup>
        )}
        <option value={NEW}>New attribute…</option>
      </select>
      {isNew(choice) && <NewAttributeFields column={name} attribute={choice} problem={problem} onChange={onChange} />}
    </>
  )
}

interface NewAttributeFieldsProps {
  readonly column: string
  readonly attribute: NewAttribute
  readonly problem: string | undefined
  readonly onChange: (attribute: NewAttribute) => void
}

function NewAttributeFields({ column, attribute, problem, onChange }: NewAttributeFieldsProps) {
  return (
    <div className="new-attribute">
      <Field
        label={
          <>
            Name<span className="unseen"> of the attribute for {column}</span>
          </>
        }
        problem={problem}
      >
        {(field) => (
          <input
            {...field}
            autoComplete="off"
            maxLength={40}
            value={attribute.name}
            onChange={(event) => onChange({ ...attribute, name: event.target.value })}
          />
        )}
      </Field>
      <Select<AttributeType>
        label={`Type of the attribute for ${column}`}
        value={attribute.type}
        options={attributeTypes.map((type) => [type, attributeTypeNames[type]] as const)}
        onChange={(type) => onChange({ ...attribute, type })}
      />
    </div>
  )
}
