/** Page for operators: health, queue, throughput, channels and processes. */
import { Link } from 'wouter'
import { isUnderWay } from '../../../../../core/messaging/campaign/status.ts'
import { apiKey, forgetKey } from '../../api/keys.ts'
import type { Snapshot } from '../../api/types.ts'
import { Badge, ChannelName } from '../../components/badge.tsx'
import { Chart } from '../../components/chart.tsx'
import { DeliveryFigures } from '../../components/delivery.tsx'
import { OutcomeFigures } from '../../components/outcome-bar.tsx'
import { Loading } from '../../components/states.tsx'
import { TestSenderBadge, WaitingLine } from '../../components/waiting.tsx'
import { useLive } from '../../hooks/use-live.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { brief, duration, plural, timeOfDay } from '../../text/format.ts'
import { HealthCard } from './health-card.tsx'
import { LatestFailures } from './latest-failures.tsx'
import { QueueCard } from './queue-card.tsx'
import { Workers } from './workers.tsx'

export default function OperationsPage() {
  useTitle('Operations')
  const { snapshot, stale } = useLive()
  return (
    <>
      <div className="page-head">
        <h1>Operations</h1>
        {apiKey() && (
          <button type="button" className="button" onClick={forgetKey}>
            Forget API key
          </button>
        )}
      </div>
      {stale && (
        <p className="callout callout-bad" role="status">
          {snapshot
            ? `Figures from ${new Date(snapshot.at).toLocaleTimeString()}: the service or its database does not respond. Trying again…`
            : 'The service does not respond. Check that it is running; this page keeps trying.'}
        </p>
      )}
      {snapshot ? <Figures snapshot={snapshot} /> : !stale && <Loading what="figures" />}
    </>
  )
}

interface FiguresProps {
  readonly snapshot: Snapshot
}

function Figures({ snapshot }: FiguresProps) {
  const { messages, channels, resting_channels, note, uptime_seconds } = snapshot
  return (
    <>
      {note && <p className="callout callout-warning">{note}</p>}
      {resting_channels.map(({ channel, country, detail, probe_at }) => (
        <p key={`${channel} ${country}`} className="callout callout-warning">
          {detail}. One message is tried from time to time; next attempt at {timeOfDay(probe_at)}.
        </p>
      ))}
      <div className="columns">
        <HealthCard health={snapshot.health} />
        <QueueCard queue={snapshot.queue} />
      </div>
      <Throughput snapshot={snapshot} />
      <div className="columns">
        {channels.map(({ channel, stats }) => (
          <section key={channel} className="card" aria-labelledby={`channel-${channel}`}>
            <h2 id={`channel-${channel}`}>
              <ChannelName channel={channel} /> <TestSenderBadge channel={channel} />
            </h2>
            <OutcomeFigures stats={stats} />
            <DeliveryFigures stats={stats} />
          </section>
        ))}
      </div>
      <UnderWay snapshot={snapshot} />
      <Workers workers={snapshot.workers} />
      <LatestFailures failures={snapshot.failures} />
      <p className="muted">
        {plural(messages.total, 'recipient')} in total. This process has been running for {duration(uptime_seconds)}.
      </p>
    </>
  )
}

function Throughput({ snapshot: { at, throughput } }: FiguresProps) {
  const { now, step_seconds, last_10_minutes } = throughput
  const end = Math.floor(Date.parse(at) / 1000)
  return (
    <section className="card" aria-labelledby="throughput-title">
      <div className="card-head">
        <h2 id="throughput-title">Throughput</h2>
        <p className="big-figure">
          {brief(now)} <small>per second</small>
        </p>
      </div>
      <Chart
        times={last_10_minutes.map((_, nth) => end - (last_10_minutes.length - nth) * step_seconds)}
        values={last_10_minutes}
        label={`Recipients per second over the last ten minutes; now ${brief(now)}`}
      />
    </section>
  )
}

function UnderWay({ snapshot: { campaigns } }: FiguresProps) {
  const moving = campaigns.filter(({ status }) => isUnderWay(status))
  if (moving.length === 0) return null
  return (
    <section className="card" aria-labelledby="under-way">
      <h2 id="under-way">Active campaigns</h2>
      <ul className="plain">
        {moving.map((campaign) => (
          <li key={campaign.id}>
            <Link href={`/campaigns/${campaign.id}`}>{campaign.name}</Link> <Badge status={campaign.status} />{' '}
            {campaign.waiting ? (
              <WaitingLine waiting={campaign.waiting} />
            ) : (
              <span className="muted">
                {brief(campaign.rate)}/s
                {campaign.eta_seconds !== null && `, ${duration(campaign.eta_seconds)} left`}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
