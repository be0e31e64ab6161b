/** A part of a rule that the builder has no form for, as JSON. */
import { useState } from 'react'
import { Field } from '../../../components/field.tsx'
import { Icon } from '../../../components/icon.tsx'
import type { Part, Raw } from '../../../rule/parts.ts'
import { readPart } from '../../../rule/read.ts'
import { useBuilder } from './context.ts'

interface RawEditorProps {
  readonly raw: Raw
  /** Level of a group that it may become. */
  readonly level: number
  readonly place: string
  readonly onChange: (part: Part) => void
  readonly onRemove: () => void
}

export function RawEditor({ raw, level, place, onChange, onRemove }: RawEditorProps) {
  const { types, problems } = useBuilder()
  const [refused, setRefused] = useState(false)
  const show = () => {
    const part = readText(raw.text, (rule) => readPart(rule, types, level))
    if (part && part.kind !== 'raw') onChange({ ...part, id: raw.id })
    else setRefused(true)
  }
  return (
    <div className="rule-condition">
      <Field
        label={`Part ${place}, as JSON`}
        problem={problems.get(raw.id) ?? (refused ? 'The builder cannot show this part: it stays JSON' : undefined)}
        hint="It is kept as it is. The API’s documentation describes the language of rules."
      >
        {(field) => (
          <textarea
            {...field}
            className="rule-json"
            spellCheck={false}
            rows={Math.min(raw.text.split('\n').length + 1, 16)}
            value={raw.text}
            onChange={(event) => {
              setRefused(false)
              onChange({ ...raw, text: event.target.value })
            }}
          />
        )}
      </Field>
      <div className="action-row">
        <button type="button" className="button" onClick={show}>
          Show as conditions
        </button>
        <button type="button" className="button" aria-label={`Remove part ${place}`} onClick={onRemove}>
          <Icon name="bin" /> Remove
        </button>
      </div>
    </div>
  )
}

function readText<R>(text: string, read: (rule: unknown) => R): R | undefined {
  try {
    return read(JSON.parse(text))
  } catch {
    return undefined
  }
}
