/** Bar below the form: what is missing, and the ways to save, test and send. */
import { useId } from 'react'
import { BlockedButton } from '../../components/blocked-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Problem } from '../../components/states.tsx'
import type { Action } from '../../hooks/use-action.ts'
import { momentOf } from '../../text/chosen-time.ts'
import { plural } from '../../text/format.ts'
import { type Audience, type Draft, lacks, lacksPeople, sizeOf } from './draft.ts'

interface ComposeBarProps {
  readonly draft: Draft
  readonly audience: Audience
  /** Existing recipients of the campaign. */
  readonly recipients: number
  readonly action: Action
  readonly onSave: () => void
  readonly onTest: () => void
  readonly onSend: () => void
}

export function ComposeBar({ draft, audience, recipients, action, onSave, onTest, onSend }: ComposeBarProps) {
  const [textId, peopleId] = [useId(), useId()]
  const text = lacks(draft)
  const people = lacksPeople(audience)
  const size = sizeOf(audience) ?? 0
  const later = (momentOf(draft.scheduledAt)?.time.getTime() ?? 0) > Date.now()
  const verb = later ? 'Schedule' : 'Send'
  const forWhom = `${later ? 'Schedule for' : 'Send to'} ${plural(size, 'person', 'people')}…`
  return (
    <div className="compose-bar">
      <div className="reasons" role="status">
        {text && <p id={textId}>{text}.</p>}
        {people && <p id={peopleId}>{people}.</p>}
        {!text && !people && (
          <p className="muted">
            {plural(size, 'recipient')}, {later ? 'at the time above' : 'sent immediately'}
          </p>
        )}
      </div>
      <Problem>{action.problem}</Problem>
      <div className="action-row">
        <BlockedButton className="button" reason={text && textId} busy={action.busy} onClick={onTest}>
          Test send…
        </BlockedButton>
        <BlockedButton className="button" reason={text && textId} busy={action.busy} onClick={onSave}>
          {size > 0 ? 'Save only' : recipients > 0 ? 'Save' : 'Save draft'}
        </BlockedButton>
        <BlockedButton
          className="button button-primary"
          reason={text ? textId : people && peopleId}
          busy={action.busy}
          onClick={onSend}
        >
          <Icon name="send" />
          {action.busy ? 'Working…' : size > 0 ? forWhom : `${verb}…`}
        </BlockedButton>
      </div>
    </div>
  )
}
