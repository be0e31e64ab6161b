/** The last step before a campaign reaches people: its text, recipients, parts, sender and time. */
import { transliterate } from '../../../../../core/messaging/text/transliterate.ts'
import type { Transliteration } from '../../api/types.ts'
import { Bubble } from '../../components/bubble.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { SenderName } from '../../components/sender-name.tsx'
import { useTexts } from '../../hooks/use-attributes.ts'
import { isoOf } from '../../text/chosen-time.ts'
import { count, dateTimeWithOffset, fullName, plural } from '../../text/format.ts'
import { describeTexts } from '../../text/language.ts'
import { describePace } from '../../text/pace.ts'
import { countParts, describeParts, type Parts } from './count-parts.ts'
import type { Audience, Draft } from './draft.ts'
import { sentTexts, sizeOf, transliterationOf } from './draft.ts'
import { DryRunCard } from './dry-run-card.tsx'
import { describeChoice } from './segment-choice.ts'
import { useDryRun } from './use-dry-run.ts'
import { usePeople } from './use-people.ts'

interface SendDialogProps {
  readonly draft: Draft
  readonly audience: Audience
  /** Existing recipients of the campaign. */
  readonly recipients: number
  /** Saves the campaign for a dry run, and returns its id; absent where that would change what people get. */
  readonly prepare?: () => Promise<number>
  readonly onTransliterate: (transliteration: Transliteration) => void
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

export function SendDialog(props: SendDialogProps) {
  const { draft, audience, recipients, prepare, onTransliterate, onConfirm, onClose } = props
  const { data, loading, error } = usePeople(audience)
  const run = useDryRun(draft, audience, prepare)
  const adding = audience.by !== 'none'
  // Counted again: customers may have been added since the form counted them.
  const isSearched = audience.by === 'filter' || audience.by === 'segments'
  const counted = (isSearched ? data?.count : undefined) ?? sizeOf(audience)
  const people = (adding ? (counted ?? 0) : 0) + recipients
  const scheduled = isoOf(draft.scheduledAt)
  const isLater = scheduled !== null && Date.parse(scheduled) > Date.now()
  const texts = sentTexts(draft)
  const compiled = useTexts(draft.template, texts)
  const reader = adding ? data?.some[0] : undefined
  // A dry run counts them for everybody.
  const parts = !run && adding && data && draft.channel === 'sms' ? countParts(compiled, data) : undefined
  const persons = plural(people, 'person', 'people')
  return (
    <Confirm
      title={isLater ? 'Schedule this campaign?' : 'Send this campaign?'}
      action={isLater ? `Schedule for ${persons}` : `Send to ${persons} now`}
      people={people}
      blocked={adding && loading && !error ? 'Counting the recipients…' : undefined}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <dl className="summary">
        <dt>Campaign</dt>
        <dd>
          {draft.name}
          {draft.purpose === 'service' && (
            <span className="muted">Service: sent at any hour, whatever the policies say.</span>
          )}
        </dd>
        {Object.keys(texts).length > 0 && (
          <>
            <dt>Languages</dt>
            <dd>{describeTexts(Object.keys(texts))}</dd>
          </>
        )}
        <dt>Recipients</dt>
        <dd>
          <strong>{persons}</strong>
          <span className="muted">{describeAudience(audience, recipients)}</span>
        </dd>
        <dt>When</dt>
        <When scheduled={scheduled} isLater={isLater} expires={isoOf(draft.expiresAt)} />
        <dt>Sender</dt>
        <dd>
          <SenderName channel={draft.channel} sender={draft.sender} />
          {describePace(draft.maxRate.trim() === '' ? null : Number(draft.maxRate), draft.priority).map((text) => (
            <span key={text} className="muted">
              {text}.
            </span>
          ))}
        </dd>
        {parts && <PartsSummary parts={parts} counted={data?.some.length ?? 0} />}
      </dl>
      {run && <DryRunCard run={run} onTransliterate={onTransliterate} />}
      <figure className="bubble-figure">
        <figcaption className="muted">{reader ? `As ${fullName(reader) || reader.phone} reads it` : 'Text'}</figcaption>
        <Bubble
          channel={draft.channel}
          text={transliterate(reader ? compiled.render(reader) : draft.template, transliterationOf(draft))}
        />
      </figure>
    </Confirm>
  )
}

interface WhenProps {
  readonly scheduled: string | null
  readonly isLater: boolean
  readonly expires: string | null
}

function When({ scheduled, isLater, expires }: WhenProps) {
  return (
    <dd>
      <strong>{scheduled && isLater ? dateTimeWithOffset(scheduled) : 'Now'}</strong>
      {scheduled && !isLater && <span className="warning">The sending time has passed.</span>}
      {expires && <span className="muted">Sending stops {dateTimeWithOffset(expires)}.</span>}
    </dd>
  )
}

interface PartsSummaryProps {
  readonly parts: Parts
  /** Number of people whose texts were counted. */
  readonly counted: number
}

function PartsSummary({ parts, counted }: PartsSummaryProps) {
  return (
    <>
      <dt>SMS parts</dt>
      <dd>
        {describeParts(parts)}
        {!parts.exact && <span className="muted">Estimated from a sample of {count(counted)}.</span>}
        {parts.empty > 0 && (
          <span className="warning">
            The text is empty for {parts.exact ? '' : 'about '}
            {plural(parts.empty, 'person', 'people')}: they get no message.
          </span>
        )}
      </dd>
    </>
  )
}

function describeAudience(audience: Audience, recipients: number): string {
  const before = recipients > 0 ? `${count(recipients)} of them already chosen. ` : ''
  if (audience.by === 'none') return before && 'Already chosen.'
  if (audience.by === 'picking') return `${before}Chosen one by one.`
  if (audience.by === 'file') return `${before}From a CSV file.`
  if (audience.by === 'segments') return before + describeChoice(audience.choice)
  const { q, location, prefered_product } = audience.filter
  const conditions = [
    q && `name or phone contains “${q}”`,
    location && `location contains “${location}”`,
    prefered_product && `preferred product contains “${prefered_product}”`,
  ].filter(Boolean)
  return before + (conditions.length > 0 ? `Customers whose ${conditions.join(' and ')}.` : 'All customers.')
}
