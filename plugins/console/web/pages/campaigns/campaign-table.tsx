/** Table of campaigns with their progress. */
import { Link } from 'wouter'
import { isRunning } from '../../../../../core/messaging/campaign/status.ts'
import { Badge, ChannelName } from '../../components/badge.tsx'
import { DeliveryLine } from '../../components/delivery.tsx'
import { Icon } from '../../components/icon.tsx'
import { doneOf, OutcomeBar } from '../../components/outcome-bar.tsx'
import { WaitingLine } from '../../components/waiting.tsx'
import { brief, count, dateTime, duration, percent, utc } from '../../text/format.ts'
import type { LiveCampaign } from './with-live.ts'

export function CampaignTable({ campaigns }: { readonly campaigns: readonly LiveCampaign[] }) {
  return (
    <table className="list stack campaigns">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Status</th>
          <th scope="col">Progress</th>
          <th scope="col">When</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {campaigns.map((campaign) => (
          <Row key={campaign.id} campaign={campaign} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ campaign }: { readonly campaign: LiveCampaign }) {
  const { id, name, channel, status } = campaign
  return (
    <tr>
      <th scope="row">
        <Link href={`/campaigns/${id}`} className="row-link">
          {name}
        </Link>
        <ChannelName channel={channel} />
      </th>
      <td>
        <Badge status={status} />
      </td>
      <td>
        <Progress campaign={campaign} />
      </td>
      <td>
        <When campaign={campaign} />
      </td>
      <td className="row-actions">
        <Link href={`/campaigns/new?from=${id}`} className="icon-button" aria-label={`Duplicate ${name}`}>
          <Icon name="copy" />
        </Link>
      </td>
    </tr>
  )
}

function Progress({ campaign }: { readonly campaign: LiveCampaign }) {
  const { stats, receipts, status, waiting, rate, eta_seconds } = campaign
  if (stats.total === 0) return <span className="muted">No recipients yet</span>
  const done = doneOf(stats)
  const moving = isRunning(status) && !waiting && rate !== undefined
  return (
    <div className="progress">
      <OutcomeBar stats={stats} />
      <span className="progress-text">
        {done === stats.total
          ? `${count(stats.total)} recipients`
          : `${percent(done, stats.total)} of ${brief(stats.total)}`}
        {moving && <> · {brief(rate)}/s</>}
        {moving && eta_seconds != null && <> · {duration(eta_seconds)} left</>}
      </span>
      <DeliveryLine stats={stats} receipts={receipts} />
      {/* The column "When" says when a scheduled one starts. */}
      {waiting?.reason !== 'scheduled' && <WaitingLine waiting={waiting} />}
    </div>
  )
}

function When({ campaign: { scheduled_at, created_at, status } }: { readonly campaign: LiveCampaign }) {
  const at = scheduled_at ?? created_at
  const word = scheduled_at === null ? 'Created' : status === 'scheduled' ? 'Starts' : 'Scheduled'
  return (
    <time dateTime={at} title={utc(at)}>
      <span className="muted">{word}</span> {dateTime(at)}
    </time>
  )
}
