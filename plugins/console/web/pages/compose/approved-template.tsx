/** Choice between an approved WhatsApp template and free text, and what fills the template's placeholders. */
import { errorText, get } from '../../api/client.ts'
import type { ApprovedTemplate, ListedTemplate, Route } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTemplates } from '../../hooks/use-templates.ts'
import { type Draft, textOf } from './draft.ts'

type Written = Pick<Draft, 'approved' | 'sender'>

interface ApprovedTemplateFieldsProps {
  readonly value: Written
  readonly onChange: (changes: Partial<Pick<Draft, 'approved' | 'template'>>) => void
}

const blank: ApprovedTemplate = { name: '', language: 'en', parameters: [] }
/** Largest number that the API accepts. */
const MOST = 50

export function ApprovedTemplateFields({ value, onChange }: ApprovedTemplateFieldsProps) {
  const { approved } = value
  return (
    <>
      <fieldset className="choice">
        <legend>What is sent</legend>
        <label>
          <input type="radio" checked={approved !== null} onChange={() => onChange({ approved: blank })} />
          <span>An approved template</span>
        </label>
        <label>
          <input type="radio" checked={approved === null} onChange={() => onChange({ approved: null })} />
          <span>Free text</span>
        </label>
      </fieldset>
      {approved === null ? (
        <p className="muted">WhatsApp delivers free text only to people who wrote to you within the last 24 hours.</p>
      ) : (
        <Approved approved={approved} sender={value.sender} onChange={onChange} />
      )}
    </>
  )
}

interface ApprovedProps {
  readonly approved: ApprovedTemplate
  readonly sender: string
  readonly onChange: ApprovedTemplateFieldsProps['onChange']
}

function Approved({ approved, sender, onChange }: ApprovedProps) {
  const asked = useAskedSender(sender)
  const { data, error, loading } = useTemplates(asked ?? '')
  const listed = data?.ok ? data.templates.filter(({ unusable }) => unusable === null) : []
  const chosen = listed.find(({ name, language }) => name === approved.name && language === approved.language)
  const problem =
    error !== undefined ? errorText(error) : data && !data.ok ? (data.detail ?? 'The provider could not be asked') : ''
  const change = (changes: Partial<ApprovedTemplate>, from: ListedTemplate | undefined = chosen) => {
    const next = { ...approved, ...changes }
    onChange({ approved: next, ...(from?.text && { template: textOf(from, next.parameters) }) })
  }
  const choose = (one: ListedTemplate | undefined) =>
    one && change({ name: one.name, language: one.language, parameters: Array(one.parameters).fill('') }, one)
  return (
    <>
      {problem && <p className="warning">The templates could not be listed: {problem}</p>}
      {listed.length > 0 ? (
        <Field label="Template" hint={`Approved templates of the sender ${asked}.`}>
          {(field) => (
            <select
              {...field}
              value={chosen ? keyOf(chosen) : ''}
              onChange={(event) => choose(listed.find((one) => keyOf(one) === event.target.value))}
            >
              <option value="">
                {approved.name && !chosen ? `${approved.name} (not listed)` : 'Choose a template'}
              </option>
              {listed.map((one) => (
                <option key={keyOf(one)} value={keyOf(one)}>
                  {one.name} ({one.language})
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : asked === undefined || loading ? (
        <Loading what="templates" />
      ) : (
        <Typed approved={approved} onChange={change} />
      )}
      <Parameters
        approved={approved}
        isFixed={chosen !== undefined}
        onChange={(parameters) => change({ parameters })}
      />
    </>
  )
}

const keyOf = ({ name, language }: Pick<ListedTemplate, 'name' | 'language'>) => `${language} ${name}`

/** Chosen sender, or the first of the route; undefined until that is known. */
function useAskedSender(sender: string): string | undefined {
  const { data, error } = useQuery(
    'routes',
    async (signal) => (await get<{ routes: Route[] }>('/routes', signal)).routes,
  )
  const first = data?.find(({ channel }) => channel === 'whatsapp')?.senders[0]
  return sender || (first ?? (data || error !== undefined ? '' : undefined))
}

interface TypedProps {
  readonly approved: ApprovedTemplate
  readonly onChange: (changes: Partial<ApprovedTemplate>) => void
}

/** Name and language of a template, for a provider without a list. */
function Typed({ approved: { name, language }, onChange }: TypedProps) {
  return (
    <div className="field-row">
      <Field label="Template" hint="Its name at Meta, or its Content SID at Twilio.">
        {(field) => (
          <input {...field} maxLength={512} value={name} onChange={(event) => onChange({ name: event.target.value })} />
        )}
      </Field>
      <Field label="Language" hint="As the provider lists it: en, en_US.">
        {(field) => (
          <input
            {...field}
            maxLength={20}
            value={language}
            onChange={(event) => onChange({ language: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}

interface ParametersProps {
  readonly approved: ApprovedTemplate
  /** True if the provider's list gives their number. */
  readonly isFixed: boolean
  readonly onChange: (parameters: readonly string[]) => void
}

function Parameters({ approved: { parameters }, isFixed, onChange }: ParametersProps) {
  return (
    <>
      {parameters.map((parameter, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a placeholder is its number
        <Field key={at} label={`Placeholder {{${at + 1}}}`} hint="{first_name|friend} is filled in for each customer.">
          {(field) => (
            <input
              {...field}
              maxLength={1024}
              value={parameter}
              onChange={(event) => onChange(parameters.with(at, event.target.value))}
            />
          )}
        </Field>
      ))}
      {!isFixed && (
        <div className="action-row">
          {parameters.length < MOST && (
            <button type="button" className="button" onClick={() => onChange([...parameters, ''])}>
              Add a placeholder
            </button>
          )}
          {parameters.length > 0 && (
            <button type="button" className="button" onClick={() => onChange(parameters.slice(0, -1))}>
              Remove the last one
            </button>
          )}
        </div>
      )}
    </>
  )
}
