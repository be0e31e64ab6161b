/** Form of a segment: its name, its rule, and the customers who fit. */
import { useMemo, useState } from 'react'
import type { AttributeTypes } from '../../../../../core/messaging/contacts/attributes.ts'
import type { Attribute, Segment } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Problem } from '../../components/states.tsx'
import { Uses } from '../../components/uses.tsx'
import { beginGroup } from '../../rule/parts.ts'
import { readParts } from '../../rule/read.ts'
import { plural } from '../../text/format.ts'
import { BuilderContext } from './builder/context.ts'
import { GroupEditor } from './builder/group-editor.tsx'
import { Leaving } from './leaving.tsx'
import { RemoveSegment } from './remove-segment.tsx'
import { RuleCount } from './rule-count.tsx'
import { type BuiltRule, useRule } from './use-rule.ts'
import { type Saving, useSaving } from './use-saving.ts'

interface SegmentFormProps {
  /** Undefined for a new one. */
  readonly segment: Segment | undefined
  readonly attributes: readonly Attribute[]
  readonly types: AttributeTypes
}

export function SegmentForm({ segment, attributes, types }: SegmentFormProps) {
  const [name, setName] = useState(segment?.name ?? '')
  const [isRemoved, setRemoved] = useState(false)
  const rule = useRule(() => (segment ? readParts(segment.rule, types) : beginGroup('all', types)), types)
  const saving = useSaving(segment, name, rule)
  return (
    <>
      <PageHead list={['/segments', 'Segments']} title={segment ? segment.name : 'New segment'}>
        {segment && (
          <button type="button" className="button button-danger" onClick={() => setRemoved(true)}>
            <Icon name="bin" /> Delete
          </button>
        )}
      </PageHead>
      <div className="compose">
        <div className="compose-main">
          <NameCard name={name} saving={saving} onChange={setName} />
          <RuleCard segment={segment} attributes={attributes} types={types} rule={rule} saving={saving} />
          {segment && segment.used_by.length > 0 && (
            <section className="card" aria-labelledby="uses-title">
              <h2 id="uses-title">Used by</h2>
              <Uses uses={segment.used_by} />
            </section>
          )}
        </div>
        <aside className="compose-side" aria-label="Who fits">
          <RuleCount preview={rule.preview} isIncomplete={!rule.isComplete} />
        </aside>
        <SaveBar isNew={!segment} rule={rule} saving={saving} />
      </div>
      {isRemoved && segment && (
        <RemoveSegment segment={segment} onRemoved={saving.leave} onClose={() => setRemoved(false)} />
      )}
      <Leaving guard={saving.guard} />
    </>
  )
}

interface NameCardProps {
  readonly name: string
  readonly saving: Saving
  readonly onChange: (name: string) => void
}

function NameCard({ name, saving, onChange }: NameCardProps) {
  const isMissing = saving.asked && name.trim() === ''
  return (
    <section className="card">
      <Field
        label="Name"
        hint="For you and your colleagues; customers never see it."
        problem={isMissing ? 'Give the segment a name' : saving.nameProblem}
      >
        {(field) => (
          <input {...field} maxLength={200} value={name} onChange={(event) => onChange(event.target.value)} />
        )}
      </Field>
    </section>
  )
}

function RuleCard({
  segment,
  attributes,
  types,
  rule,
  saving,
}: SegmentFormProps & { readonly rule: BuiltRule; readonly saving: Saving }) {
  const problems = useMemo(
    () => new Map([...(saving.asked ? rule.written.gaps : []), ...rule.problems, ...saving.problems]),
    [saving, rule],
  )
  return (
    <section className="card" aria-labelledby="rule-title">
      <h2 id="rule-title">Rule</h2>
      <BuilderContext value={{ attributes, types, segment: segment?.id, problems }}>
        <GroupEditor group={rule.root} level={1} place="" onChange={rule.change} />
      </BuilderContext>
    </section>
  )
}

interface SaveBarProps {
  readonly isNew: boolean
  readonly rule: BuiltRule
  readonly saving: Saving
}

function SaveBar({ isNew, rule, saving }: SaveBarProps) {
  const { data, error, loading } = rule.preview
  const known = rule.isComplete && !loading && error === undefined ? data?.count : undefined
  const state = saving.isChanged ? 'Not saved yet.' : isNew ? '' : 'No changes.'
  return (
    <div className="compose-bar">
      <Problem>{saving.problem}</Problem>
      <p className="muted reasons" role="status">
        {known !== undefined && `${plural(known, 'customer fits', 'customers fit')}. `}
        {state}
      </p>
      <button type="button" className="button button-primary" disabled={saving.busy} onClick={() => void saving.save()}>
        {isNew ? 'Create segment' : 'Save'}
      </button>
    </div>
  )
}
