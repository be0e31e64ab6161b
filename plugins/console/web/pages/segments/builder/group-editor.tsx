/** A group of conditions: how they are joined, the conditions and groups in it, and buttons to add more. */
import { useRef, useState } from 'react'
import { Icon } from '../../../components/icon.tsx'
import { beginField, beginGroup, type Group, MAX_GROUPS, type Match, type Part } from '../../../rule/parts.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { useBuilder } from './context.ts'
import { RawEditor } from './raw-editor.tsx'

interface GroupEditorProps {
  readonly group: Group
  /** From 1. */
  readonly level: number
  /** Number within the rule; empty for the whole rule. */
  readonly place: string
  readonly onChange: (group: Group) => void
  /** Absent for the whole rule. */
  readonly onRemove?: () => void
}

const matches: readonly (readonly [Match, string])[] = [
  ['all', 'all of these'],
  ['any', 'any of these'],
  ['none', 'none of these'],
]

export function GroupEditor({ group, level, place, onChange, onRemove }: GroupEditorProps) {
  const { types, problems } = useBuilder()
  const [added, setAdded] = useState<string>()
  const addButton = useRef<HTMLButtonElement>(null)
  const add = (part: Part) => {
    setAdded(part.id)
    onChange({ ...group, of: [...group.of, part] })
  }
  const remove = (id: string) => {
    onChange({ ...group, of: group.of.filter((one) => one.id !== id) })
    addButton.current?.focus()
  }
  const replace = (id: string, part: Part) =>
    onChange({ ...group, of: group.of.map((one) => (one.id === id ? part : one)) })
  const problem = problems.get(group.id)
  const name = place === '' ? 'the rule' : `group ${place}`
  return (
    <fieldset className={`rule-group rule-group-${group.match}`}>
      <legend className="unseen">{place === '' ? 'Rule' : `Group ${place}`}</legend>
      <div className="rule-head">
        <label>
          <span>{place === '' ? 'Customers who fit' : 'Fits'}</span>
          <select
            className="select"
            value={group.match}
            onChange={(event) => onChange({ ...group, match: event.target.value as Match })}
          >
            {matches.map(([match, words]) => (
              <option key={match} value={match}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {onRemove && (
          <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {problem && <p className="field-problem">{problem}</p>}
      <ul className="rule-parts">
        {group.of.map((part, nth) => (
          <li key={part.id}>
            <PartEditor
              part={part}
              level={level}
              place={`${place === '' ? '' : `${place}.`}${nth + 1}`}
              isNew={part.id === added}
              onChange={(next) => replace(part.id, next)}
              onRemove={() => remove(part.id)}
            />
          </li>
        ))}
      </ul>
      <div className="action-row">
        <button ref={addButton} type="button" className="button" onClick={() => add(beginField('location', types))}>
          <Icon name="plus" /> Add condition<span className="unseen"> to {name}</span>
        </button>
        {level < MAX_GROUPS && (
          <button
            type="button"
            className="button"
            onClick={() => add(beginGroup(group.match === 'any' ? 'all' : 'any', types))}
          >
            <Icon name="plus" /> Add group<span className="unseen"> to {name}</span>
          </button>
        )}
      </div>
    </fieldset>
  )
}

interface PartEditorProps {
  readonly part: Part
  /** Level of the group that it is in. */
  readonly level: number
  readonly place: string
  readonly isNew: boolean
  readonly onChange: (part: Part) => void
  readonly onRemove: () => void
}

function PartEditor({ part, level, place, isNew, onChange, onRemove }: PartEditorProps) {
  if (part.kind === 'group')
    return <GroupEditor group={part} level={level + 1} place={place} onChange={onChange} onRemove={onRemove} />
  if (part.kind === 'raw')
    return <RawEditor raw={part} level={level + 1} place={place} onChange={onChange} onRemove={onRemove} />
  return <ConditionEditor condition={part} place={place} isNew={isNew} onChange={onChange} onRemove={onRemove} />
}
