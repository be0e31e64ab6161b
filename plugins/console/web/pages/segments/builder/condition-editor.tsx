/** One condition: what it is about, and the fields that this needs. */
import { useEffect, useRef } from 'react'
import { channelNames, channels } from '../../../api/types.ts'
import { Icon } from '../../../components/icon.tsx'
import { NamedSelect } from '../../../components/named-select.tsx'
import { Select } from '../../../components/select.tsx'
import {
  begin,
  type CampaignCondition,
  type Condition,
  type ReceivedCondition,
  type RuleOutcome,
  ruleOutcomes,
  subjectOf,
} from '../../../rule/parts.ts'
import { useBuilder } from './context.ts'
import { Days, FieldInputs } from './field-inputs.tsx'
import { SubjectSelect } from './subject-select.tsx'

interface ConditionEditorProps<C extends Condition = Condition> {
  readonly condition: C
  readonly onChange: (condition: Condition) => void
}

interface Placed {
  /** Number within the rule, such as `2.1`. */
  readonly place: string
  /** True for one that was just added, which takes the focus. */
  readonly isNew: boolean
  readonly onRemove: () => void
}

export function ConditionEditor({ condition, onChange, place, isNew, onRemove }: ConditionEditorProps & Placed) {
  const { types, problems } = useBuilder()
  const row = useRef<HTMLFieldSetElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it appears
  useEffect(() => {
    if (isNew) row.current?.querySelector('select')?.focus()
  }, [])
  const problem = problems.get(condition.id)
  const note = `${condition.id}-problem`
  return (
    <fieldset ref={row} className="rule-condition" aria-describedby={problem && note}>
      <legend className="unseen">Condition {place}</legend>
      <div className="rule-line">
        <SubjectSelect
          value={subjectOf(condition)}
          onChange={(subject) => onChange({ ...begin(subject, types), id: condition.id })}
        />
        <Inputs condition={condition} onChange={onChange} />
        <button type="button" className="icon-button" aria-label={`Remove condition ${place}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </div>
      {problem && (
        <p id={note} className="field-problem">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

function Inputs({ condition, onChange }: ConditionEditorProps) {
  const { segment } = useBuilder()
  switch (condition.kind) {
    case 'field':
      return <FieldInputs condition={condition} onChange={onChange} />
    case 'tag':
      return (
        <>
          <Negation condition={condition} words={['is', 'is not']} onChange={onChange} />
          <input
            aria-label="Value"
            autoComplete="off"
            maxLength={50}
            value={condition.tag}
            onChange={(event) => onChange({ ...condition, tag: event.target.value })}
          />
        </>
      )
    case 'segment':
      return (
        <>
          <Negation condition={condition} words={['is', 'is not']} onChange={onChange} />
          <NamedSelect
            noun="segment"
            value={condition.segment}
            without={segment}
            onChange={(id) => onChange({ ...condition, segment: id })}
          />
        </>
      )
    case 'campaign':
      return <CampaignInputs condition={condition} onChange={onChange} />
    case 'received':
      return <ReceivedInputs condition={condition} onChange={onChange} />
    case 'written':
      return (
        <Select
          label="Comparison"
          value={condition.never ? 'never' : 'ever'}
          options={[
            ['never', 'never'],
            ['ever', 'at least once'],
          ]}
          onChange={(value) => onChange({ ...condition, never: value === 'never' })}
        />
      )
  }
}

interface NegationProps<C extends Condition & { readonly negated: boolean }> {
  readonly condition: C
  readonly words: readonly [plain: string, negated: string]
  readonly onChange: (condition: C) => void
}

function Negation<C extends Condition & { readonly negated: boolean }>(props: NegationProps<C>) {
  const { condition, words, onChange } = props
  return (
    <Select
      label="Comparison"
      value={condition.negated ? 'not' : 'is'}
      options={[
        ['is', words[0]],
        ['not', words[1]],
      ]}
      onChange={(value) => onChange({ ...condition, negated: value === 'not' })}
    />
  )
}

function CampaignInputs({ condition, onChange }: ConditionEditorProps<CampaignCondition>) {
  const { outcomes, days } = condition
  const toggle = (outcome: RuleOutcome) =>
    onChange({
      ...condition,
      outcomes: outcomes.includes(outcome) ? outcomes.filter((one) => one !== outcome) : [...outcomes, outcome],
    })
  return (
    <>
      <Negation condition={condition} words={['is', 'is not']} onChange={onChange} />
      <NamedSelect
        noun="campaign"
        value={condition.campaign}
        onChange={(campaign) => onChange({ ...condition, campaign })}
      />
      <fieldset className="rule-outcomes">
        <legend>{outcomes.length === 0 ? 'Whatever became of the message' : 'Whose message was'}</legend>
        {(Object.entries(ruleOutcomes) as [RuleOutcome, string][]).map(([outcome, words]) => (
          <label key={outcome}>
            <input type="checkbox" checked={outcomes.includes(outcome)} onChange={() => toggle(outcome)} />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
      <span className="rule-within">
        <span>within the last</span>
        <Days
          label="Days, or empty for any time"
          value={days}
          onChange={(value) => onChange({ ...condition, days: value })}
        />
        {days === '' && <span className="muted">(empty: at any time)</span>}
      </span>
    </>
  )
}

function ReceivedInputs({ condition, onChange }: ConditionEditorProps<ReceivedCondition>) {
  return (
    <>
      <Negation condition={condition} words={['within the last', 'not within the last']} onChange={onChange} />
      <Days value={condition.days} onChange={(days) => onChange({ ...condition, days })} />
      <Select
        label="Channel"
        value={condition.channel}
        options={[['', 'by any channel'], ...channels.map((one) => [one, `by ${channelNames[one]}`] as const)]}
        onChange={(channel) => onChange({ ...condition, channel })}
      />
    </>
  )
}
