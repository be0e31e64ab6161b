/** Card of a sender: whether it sends, its limits, and its actions. */
import { useState } from 'react'
import { explainCode } from '../../../../../core/messaging/senders/codes.ts'
import { get, patch } from '../../api/client.ts'
import { type Sender, type SenderCheck, unitNames } from '../../api/types.ts'
import { ChannelName } from '../../components/badge.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { count, dateTime, plural, timeOfDay } from '../../text/format.ts'
import { LimitsDialog } from './limits-dialog.tsx'

/** Actor of calls without a key, which is not shown to people. */
const NO_KEY = 'local'

interface SenderCardProps {
  readonly sender: Sender
  readonly reload: () => void
}

export function SenderCard({ sender, reload }: SenderCardProps) {
  const { name, kind, channels } = sender
  return (
    <section className="card" aria-labelledby={`sender-${name}`}>
      <div className="card-head">
        <h2 id={`sender-${name}`}>{name}</h2>
        <StateBadge sender={sender} />
      </div>
      <p className="meta">
        <span className="muted">{kind}</span>
        {channels.map((channel) => (
          <ChannelName key={channel} channel={channel as 'sms' | 'whatsapp'} />
        ))}
      </p>
      <Reasons sender={sender} />
      <Limits sender={sender} />
      <Actions sender={sender} reload={reload} />
    </section>
  )
}

function StateBadge({ sender: { paused, held_until, circuit, processes } }: Pick<SenderCardProps, 'sender'>) {
  if (paused) return <span className="badge badge-paused">paused</span>
  if (circuit) return <span className="badge badge-failed">failing</span>
  if (held_until) return <span className="badge badge-paused">waiting</span>
  if (processes === 0) return <span className="badge badge-failed">no process</span>
  return <span className="badge badge-healthy">ready</span>
}

/** Reasons why the sender does not send. */
function Reasons({ sender: { paused, held_until, circuit, processes } }: Pick<SenderCardProps, 'sender'>) {
  return (
    <>
      {paused && (
        <p className="callout callout-warning">
          <span>
            Paused since {dateTime(paused.at)}
            {paused.by && paused.by !== NO_KEY && ` by ${paused.by}`}
          </span>
        </p>
      )}
      {circuit && (
        <p className="callout callout-bad">
          <span>
            Stopped at {timeOfDay(circuit.opened_at)} because it kept failing: {explainCode(circuit.reason).meaning}{' '}
            <code>{circuit.reason}</code>. One message is tried at {timeOfDay(circuit.probe_at)}.
          </span>
        </p>
      )}
      {held_until && (
        <p className="callout callout-warning">
          <span>The provider asked to wait until {timeOfDay(held_until)}.</span>
        </p>
      )}
      {processes === 0 && (
        <p className="callout callout-bad">
          <span>No running process has this sender. Check the setting SENDERS of the workers.</span>
        </p>
      )}
    </>
  )
}

function Limits({ sender }: Pick<SenderCardProps, 'sender'>) {
  const { rate, rate_now, unit, concurrency, in_flight, processes } = sender
  const isSlowed = rate !== null && rate_now !== null && rate_now < rate
  const figures: readonly (readonly [string, string])[] = [
    ['Rate', rate === null ? 'No limit' : `${figure(rate)} ${unitNames[unit]} per second`],
    ...(isSlowed
      ? [['Rate now, slowed by the provider', `${figure(rate_now)} ${unitNames[unit]} per second`] as const]
      : []),
    [
      'Messages in flight',
      concurrency === null ? count(in_flight) : `${count(in_flight)} of at most ${count(concurrency)}`,
    ],
    ['Processes', plural(processes, 'process', 'processes')],
  ]
  return (
    <dl className="pairs">
      {figures.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const figure = (rate: number): string => (rate < 10 ? String(Number(rate.toFixed(2))) : count(rate))

function Actions({ sender, reload }: SenderCardProps) {
  const { name, paused } = sender
  const [asked, setAsked] = useState<'pause' | 'limits'>()
  const action = useAction()
  const setPaused = async (to: boolean) => {
    await patch(`/senders/${name}`, { paused: to })
    notify(to ? `Sender ${name} paused` : `Sender ${name} resumed`)
    reload()
  }
  return (
    <>
      <div className="action-row">
        {paused ? (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void action.run(() => setPaused(false))}
          >
            <Icon name="play" /> Resume
          </button>
        ) : (
          <button type="button" className="button" onClick={() => setAsked('pause')}>
            <Icon name="pause" /> Pause…
          </button>
        )}
        <button type="button" className="button" onClick={() => setAsked('limits')}>
          <Icon name="edit" /> Change limits…
        </button>
        <Check name={name} />
      </div>
      <Problem>{action.problem}</Problem>
      {asked === 'pause' && (
        <Confirm
          title={`Pause sender ${name}?`}
          action="Pause sender"
          danger
          onConfirm={() => setPaused(true)}
          onClose={() => setAsked(undefined)}
        >
          <p>It starts no more messages until it is resumed; messages in flight are finished.</p>
          <p className="muted">
            Its channels use the next sender of their route. Campaigns without another sender wait.
          </p>
        </Confirm>
      )}
      {asked === 'limits' && <LimitsDialog sender={sender} onSaved={reload} onClose={() => setAsked(undefined)} />}
    </>
  )
}

/** Asks the provider about the account; no message is sent. */
function Check({ name }: { readonly name: string }) {
  const action = useAction()
  const [result, setResult] = useState<SenderCheck>()
  const check = () =>
    action.run(async () => {
      setResult(undefined)
      setResult(await get<SenderCheck>(`/senders/${name}/check`))
    })
  return (
    <>
      <button type="button" className="button" disabled={action.busy} onClick={() => void check()}>
        <Icon name="check" /> {action.busy ? 'Checking…' : 'Check account'}
      </button>
      <Problem>{action.problem}</Problem>
      {result && (
        <p className={`callout ${result.ok ? 'callout-good' : 'callout-bad'}`} role="status">
          <span>
            {result.detail ?? (result.ok ? 'The account works' : 'The check failed')}
            {result.code && (
              <>
                {' '}
                <code>{result.code}</code>
              </>
            )}
          </span>
        </p>
      )}
    </>
  )
}
