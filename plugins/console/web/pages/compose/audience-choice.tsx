/** Recipients to add: nobody yet, a filter, a selection, or a file. */
import type { Dispatch, SetStateAction } from 'react'
import { CsvSteps } from '../../csv/csv-steps.tsx'
import { AudienceFilter } from './audience-filter.tsx'
import { AudiencePicking } from './audience-picking.tsx'
import { AudienceSegments } from './audience-segments.tsx'
import { type Audience, emptyFilter } from './draft.ts'
import { emptyChoice } from './segment-choice.ts'

interface AudienceChoiceProps {
  readonly audience: Audience
  readonly onChange: Dispatch<SetStateAction<Audience>>
}

const ways: readonly (readonly [Audience['by'], string])[] = [
  ['none', 'Choose later'],
  ['segments', 'Everyone, or by segment'],
  ['filter', 'By filter'],
  ['picking', 'One by one'],
  ['file', 'From a CSV file'],
]

function begin(by: Audience['by']): Audience {
  if (by === 'filter') return { by, filter: emptyFilter, count: undefined }
  if (by === 'segments') return { by, choice: emptyChoice, count: undefined }
  if (by === 'picking') return { by, ids: [] }
  return by === 'file' ? { by, checked: undefined, key: '' } : { by }
}

export function AudienceChoice({ audience, onChange }: AudienceChoiceProps) {
  return (
    <>
      <fieldset className="choice">
        <legend>Recipients to add</legend>
        {ways.map(([by, name]) => (
          <label key={by}>
            <input type="radio" name="audience" checked={audience.by === by} onChange={() => onChange(begin(by))} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      {audience.by === 'filter' && (
        <AudienceFilter
          filter={audience.filter}
          onChange={(filter) => onChange({ by: 'filter', filter, count: undefined })}
          // A count that arrives after further typing must not bring the old filter back.
          onCount={(filter, count) =>
            onChange((now) => (now.by === 'filter' && now.filter === filter ? { ...now, count } : now))
          }
        />
      )}
      {audience.by === 'segments' && (
        <AudienceSegments
          choice={audience.choice}
          onChange={(choice) => onChange({ by: 'segments', choice, count: undefined })}
          // As above.
          onCount={(choice, count) =>
            onChange((now) => (now.by === 'segments' && now.choice === choice ? { ...now, count } : now))
          }
        />
      )}
      {audience.by === 'picking' && (
        <AudiencePicking ids={audience.ids} onChange={(ids) => onChange({ by: 'picking', ids })} />
      )}
      {audience.by === 'file' && (
        <>
          <p className="muted">New phone numbers become customers; known ones are updated.</p>
          <CsvSteps onChecked={(checked) => onChange({ by: 'file', checked, key: crypto.randomUUID() })} />
        </>
      )}
    </>
  )
}
