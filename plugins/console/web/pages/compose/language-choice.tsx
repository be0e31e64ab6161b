/** Choice of the language whose text is written, with ways to add one and to remove it. */
import { useId, useState } from 'react'
import { parseLanguage } from '../../../../../core/messaging/contacts/locale.ts'
import { MAX_TEXTS, type TextsByLanguage } from '../../../../../core/messaging/text/languages.ts'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { languageLabel, listLanguageNames } from '../../text/language.ts'

interface LanguageChoiceProps {
  readonly texts: TextsByLanguage
  /** Tag; undefined: the default text. */
  readonly chosen: string | undefined
  readonly onChoose: (language: string | undefined) => void
  readonly onChange: (texts: TextsByLanguage) => void
}

export function LanguageChoice({ texts, chosen, onChoose, onChange }: LanguageChoiceProps) {
  const [adding, setAdding] = useState(false)
  const tags = Object.keys(texts)
  const add = (tag: string) => {
    setAdding(false)
    onChange({ ...texts, [tag]: '' })
    onChoose(tag)
  }
  const remove = (tag: string) => {
    onChange(Object.fromEntries(Object.entries(texts).filter(([one]) => one !== tag)))
    onChoose(undefined)
  }
  return (
    <>
      {tags.length > 0 && (
        <fieldset className="choice">
          <legend>Text for</legend>
          {[undefined, ...tags].map((tag) => (
            <label key={tag ?? ''}>
              <input type="radio" name="text-language" checked={chosen === tag} onChange={() => onChoose(tag)} />
              <span>{tag === undefined ? 'All other languages' : languageLabel(tag)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {adding ? (
        <AddLanguage taken={tags} onAdd={add} onCancel={() => setAdding(false)} />
      ) : (
        <div className="action-row">
          {tags.length < MAX_TEXTS && (
            <button type="button" className="button" onClick={() => setAdding(true)}>
              <Icon name="plus" /> Add a language
            </button>
          )}
          {chosen !== undefined && (
            <button type="button" className="button" onClick={() => remove(chosen)}>
              Remove {languageLabel(chosen)}
            </button>
          )}
        </div>
      )}
    </>
  )
}

interface AddLanguageProps {
  readonly taken: readonly string[]
  readonly onAdd: (tag: string) => void
  readonly onCancel: () => void
}

function AddLanguage({ taken, onAdd, onCancel }: AddLanguageProps) {
  const [typed, setTyped] = useState('')
  const listId = useId()
  const read = parseLanguage(typed)
  const tag = 'value' in read ? read.value : undefined
  const isTaken = tag !== undefined && taken.includes(tag)
  const add = () => {
    if (tag !== undefined && !isTaken) onAdd(tag)
  }
  return (
    <>
      <Field
        label="Language"
        hint={
          tag === undefined ? 'Its name or its tag: Swahili, sw or sw-KE.' : `For readers of ${languageLabel(tag)}.`
        }
        problem={isTaken ? `There is a text in ${languageLabel(tag)} already.` : undefined}
      >
        {(field) => (
          <input
            {...field}
            // biome-ignore lint/a11y/noAutofocus: a button was pressed to get here
            autoFocus
            list={listId}
            maxLength={60}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && add()}
          />
        )}
      </Field>
      <datalist id={listId}>
        {listLanguageNames().map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className="action-row">
        <button type="button" className="button" disabled={tag === undefined || isTaken} onClick={add}>
          {tag === undefined || isTaken ? 'Add the language' : `Add ${languageLabel(tag)}`}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </>
  )
}
