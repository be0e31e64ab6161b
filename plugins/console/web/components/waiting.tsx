/** The reason why a campaign stands still, and the mark of a sender that reaches nobody. */
import type { Channel, Waiting } from '../api/types.ts'
import { useLive } from '../hooks/use-live.ts'
import { dateTime, timeOfDay, utc } from '../text/format.ts'

/** In a list: one line. */
export function WaitingLine({ waiting }: { readonly waiting: Waiting | null }) {
  return waiting ? (
    <span className="waiting-line">
      {waiting.detail} <Until waiting={waiting} />
    </span>
  ) : null
}

/** On a campaign's own page. */
export function WaitingNotice({ waiting }: { readonly waiting: Waiting | null }) {
  return waiting ? (
    <p
      className={`told ${waiting.reason === 'scheduled' ? '' : 'told-warning'}`}
      role="status"
      data-waiting={waiting.reason}
    >
      <span>
        {waiting.detail}. <Until waiting={waiting} />
      </span>
    </p>
  ) : null
}

const DAY_MS = 86_400_000

function Until({ waiting: { reason, until } }: { readonly waiting: Waiting }) {
  if (!until) return null
  const soon = Math.abs(Date.parse(until) - Date.now()) < DAY_MS
  return (
    <span className="muted">
      {reason === 'scheduled' ? 'Starts' : 'Next attempt'}{' '}
      <time dateTime={until} title={utc(until)}>
        {soon && reason !== 'scheduled' ? timeOfDay(until) : dateTime(until)}
      </time>
    </span>
  )
}

/** Shown wherever one sends, while the channel's messages go to the mock sender. */
export function TestSenderBadge({ channel }: { readonly channel: Channel }) {
  const { snapshot } = useLive()
  if (snapshot?.senders?.[channel] !== 'mock') return null
  return <span className="badge badge-test">Test sender: nobody receives these messages</span>
}
