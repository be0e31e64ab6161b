/** The reason why a campaign waits, and the badge of a test sender. */
import { wordBeforeTime } from '../../../../core/messaging/senders/codes.ts'
import type { Channel, Waiting } from '../api/types.ts'
import { useLive } from '../hooks/use-live.ts'
import { useSenders } from '../hooks/use-senders.ts'
import { dateTime, timeOfDay, utc } from '../text/format.ts'

/** Reason in one line, for lists. */
export function WaitingLine({ waiting }: { readonly waiting: Waiting | null }) {
  return waiting ? (
    <span className="waiting-line">
      <Reason waiting={waiting} />
    </span>
  ) : null
}

/** Reason as a callout, for the campaign's own page. */
export function WaitingNotice({ waiting }: { readonly waiting: Waiting | null }) {
  return waiting ? (
    <p
      className={`callout ${waiting.reason === 'scheduled' ? '' : 'callout-warning'}`}
      role="status"
      data-waiting={waiting.reason}
    >
      <span>
        <Reason waiting={waiting} />
      </span>
    </p>
  ) : null
}

const Reason = ({ waiting }: { readonly waiting: Waiting }) => (
  <>
    {waiting.detail}. <Times waiting={waiting} />
  </>
)

const DAY_MS = 86_400_000

/** Start of a pause, or time at which the campaign starts or is retried. */
function Times({ waiting: { reason, since, until } }: { readonly waiting: Waiting }) {
  const at = reason === 'paused' ? since : until
  if (!at) return null
  const soon = Math.abs(Date.parse(at) - Date.now()) < DAY_MS
  return (
    <span className="muted">
      {wordBeforeTime(reason)}{' '}
      <time dateTime={at} title={utc(at)}>
        {soon && reason !== 'scheduled' ? timeOfDay(at) : dateTime(at)}
      </time>
    </span>
  )
}

interface TestSenderBadgeProps {
  readonly channel: Channel
  /** Name of the sender that is used in place of the channel's route. */
  readonly sender?: string | null
}

/** Shown wherever messages can be sent, while the mock sender is used. */
export function TestSenderBadge({ channel, sender }: TestSenderBadgeProps) {
  return sender ? <NamedBadge name={sender} /> : <ChannelBadge channel={channel} />
}

const ChannelBadge = ({ channel }: { readonly channel: Channel }) => (
  <MockBadge kind={useLive().snapshot?.senders?.[channel]} />
)

const NamedBadge = ({ name }: { readonly name: string }) => (
  <MockBadge kind={useSenders().data?.find((one) => one.name === name)?.kind} />
)

function MockBadge({ kind }: { readonly kind: string | null | undefined }) {
  if (kind !== 'mock') return null
  return <span className="badge badge-test">Test sender: nobody receives these messages</span>
}
