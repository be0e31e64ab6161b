/** Comparison of a field, and the value that fits its type. */
import { countryName } from '../../../../../../core/messaging/text/country-name.ts'
import { Select } from '../../../components/select.tsx'
import {
  type FieldCondition,
  type FieldType,
  isBare,
  isList,
  isSpan,
  type Operator,
  operatorsOf,
  operatorWords,
  typeOf,
} from '../../../rule/parts.ts'
import { useBuilder } from './context.ts'
import { countryOptions } from './countries.ts'

interface FieldInputsProps {
  readonly condition: FieldCondition
  readonly onChange: (condition: FieldCondition) => void
}

export function FieldInputs({ condition, onChange }: FieldInputsProps) {
  const { types } = useBuilder()
  const { field, operator, value } = condition
  const type = typeOf(field, types) ?? 'text'
  const options = operatorsOf[type].map((one) => [one, wordOf(one, type)] as const)
  const change = (next: Operator) => {
    const first = isList(operator) && !isList(next) ? (value.split('\n')[0] ?? '') : value
    // Days and a value say nothing of each other.
    const carried = isSpan(next) === isSpan(operator) ? first : ''
    onChange({ ...condition, operator: next, value: carried || (type === 'boolean' ? 'true' : '') })
  }
  return (
    <>
      <Select label="Comparison" value={operator} options={options} onChange={change} />
      {!isBare(operator) && (
        <Value
          type={type}
          field={field}
          operator={operator}
          value={value}
          onChange={(next) => onChange({ ...condition, value: next })}
        />
      )}
    </>
  )
}

/** Numbers are compared, other values are looked for. */
const wordOf = (operator: Operator, type: FieldType) =>
  type === 'number' && operator === 'is'
    ? 'is exactly'
    : type === 'text' && operator === 'is'
      ? 'is (whole text)'
      : operatorWords[operator]

interface ValueProps {
  readonly type: FieldType
  readonly field: string
  readonly operator: Operator
  readonly value: string
  readonly onChange: (value: string) => void
}

const examples: Readonly<Record<string, string>> = {
  language: 'such as sw or en-KE',
  time_zone: 'such as Africa/Nairobi',
  phone: 'such as +254712',
}

function Value({ type, field, operator, value, onChange }: ValueProps) {
  if (isSpan(operator)) return <Days value={value} onChange={onChange} />
  if (type === 'country') return <Countries value={value} list={isList(operator)} onChange={onChange} />
  if (isList(operator)) {
    const example = type === 'date' || type === 'time' ? ', such as 2030-01-31' : ''
    return (
      <textarea
        className="rule-list"
        aria-label="Values, one on each line"
        placeholder={`One on each line${example}`}
        rows={Math.min(Math.max(value.split('\n').length, 2), 8)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  if (type === 'boolean')
    return (
      <Select
        label="Value"
        value={value === 'false' ? 'false' : 'true'}
        options={[
          ['true', 'yes'],
          ['false', 'no'],
        ]}
        onChange={onChange}
      />
    )
  const isDay = type === 'date' || type === 'time'
  return (
    <input
      aria-label="Value"
      type={isDay ? 'date' : 'text'}
      inputMode={type === 'number' ? 'decimal' : type === 'phone' ? 'tel' : undefined}
      autoComplete="off"
      maxLength={200}
      placeholder={examples[field]}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

interface DaysProps {
  readonly label?: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export function Days({ label = 'Days', value, onChange }: DaysProps) {
  return (
    <span className="rule-days">
      <input
        aria-label={label}
        inputMode="numeric"
        autoComplete="off"
        maxLength={4}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span>days</span>
    </span>
  )
}

interface CountriesProps {
  /** Codes, one on each line. */
  readonly value: string
  readonly list: boolean
  readonly onChange: (value: string) => void
}

function Countries({ value, list, onChange }: CountriesProps) {
  const codes = value.split('\n').filter(Boolean)
  const chosen = list ? '' : (codes[0] ?? '')
  const options = countryOptions()
  const isListed = chosen === '' || options.some(([code]) => code === chosen)
  return (
    <>
      {list && codes.length > 0 && (
        <span className="chips">
          {codes.map((code) => (
            <button
              key={code}
              type="button"
              className="chip"
              aria-label={`Remove ${countryName(code)}`}
              onClick={() => onChange(codes.filter((one) => one !== code).join('\n'))}
            >
              {countryName(code)} ×
            </button>
          ))}
        </span>
      )}
      <select
        className="select"
        aria-label={list ? 'Add a country' : 'Country'}
        value={chosen}
        onChange={(event) => onChange(list ? [...codes, event.target.value].join('\n') : event.target.value)}
      >
        {chosen === '' && <option value="">{list ? 'Add a country…' : 'Choose a country'}</option>}
        {!isListed && <option value={chosen}>{countryName(chosen)}</option>}
        {options
          .filter(([code]) => !list || !codes.includes(code))
          .map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
      </select>
    </>
  )
}
