/** Page of a campaign: its progress, its recipients, and its actions. */
import { Fragment } from 'react'
import { Link } from 'wouter'
import { isAllowed, isRunning } from '../../../../../core/messaging/campaign/status.ts'
import { ApiError } from '../../api/client.ts'
import { type Purpose, purposeNames } from '../../api/types.ts'
import { Badge, ChannelName } from '../../components/badge.tsx'
import { DeliveryFigures } from '../../components/delivery.tsx'
import { Icon } from '../../components/icon.tsx'
import { OutcomeFigures } from '../../components/outcome-bar.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { TestSenderBadge, WaitingNotice } from '../../components/waiting.tsx'
import { useTitle } from '../../hooks/use-title.ts'
import { brief, count, dateTime, duration, plural, utc } from '../../text/format.ts'
import { languageLabel } from '../../text/language.ts'
import { describePace } from '../../text/pace.ts'
import { Actions } from './actions.tsx'
import { Deferred } from './deferred.tsx'
import { Failures } from './failures.tsx'
import { OpenAudience } from './open-audience.tsx'
import { Recipients } from './recipients.tsx'
import { Throughput } from './throughput.tsx'
import { type LiveCampaign, useCampaign } from './use-campaign.ts'

export default function CampaignPage({ id }: { readonly id: number }) {
  const { campaign, error, loading, reload } = useCampaign(id)
  useTitle(campaign?.name ?? 'Campaign')
  if (error instanceof ApiError && error.status === 404)
    return (
      <Empty title="Campaign not found" action={<Link href="/campaigns">All campaigns</Link>}>
        It may have been deleted.
      </Empty>
    )
  if (!campaign) return loading ? <Loading what="campaign" /> : <Failure error={error} retry={reload} />
  return (
    <>
      <PageHead list={['/campaigns', 'Campaigns']} title={campaign.name} meta={<Meta campaign={campaign} />}>
        <Actions campaign={campaign} reload={reload} />
      </PageHead>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {campaign.waiting?.reason !== 'quiet_hours' && <WaitingNotice waiting={campaign.waiting} />}
      {isRunning(campaign.status) && <Deferred campaign={campaign} />}
      <OpenAudience campaign={campaign} reload={reload} />
      <div className="columns">
        <section className="card" aria-labelledby="total-title">
          <h2 id="total-title">{plural(campaign.stats.total, 'recipient')}</h2>
          {campaign.stats.total > 0 ? (
            <>
              <OutcomeFigures stats={campaign.stats} campaign={id} />
              <DeliveryFigures stats={campaign.stats} receipts={campaign.receipts} campaign={id} />
            </>
          ) : (
            <NoRecipients campaign={campaign} />
          )}
          <Pace campaign={campaign} />
        </section>
        <Text campaign={campaign} />
      </div>
      {campaign.stats.total > 0 && <Throughput campaign={campaign} />}
      <Failures campaign={campaign} />
      {campaign.stats.total > 0 && <Recipients campaign={campaign} />}
    </>
  )
}

function Meta({ campaign }: { readonly campaign: LiveCampaign }) {
  return (
    <>
      <Badge status={campaign.status} />
      <ChannelName channel={campaign.channel} />
      <PurposeName purpose={campaign.purpose} />
      <TestSenderBadge channel={campaign.channel} sender={campaign.sender} />
      <Times campaign={campaign} />
      <Sending campaign={campaign} />
    </>
  )
}

const PurposeName = ({ purpose }: { readonly purpose: Purpose }) => (
  <span className="muted">
    {purposeNames[purpose]}
    {purpose === 'service' && ': policies do not hold it'}
  </span>
)

/** Chosen sender, maximum rate and priority. */
function Sending({ campaign: { sender, max_rate, priority } }: { readonly campaign: LiveCampaign }) {
  const parts = [sender && `Sender: ${sender}`, ...describePace(max_rate, priority)].filter(Boolean)
  return parts.length > 0 && <span className="muted">{parts.join(' · ')}</span>
}

function Text({ campaign: { base_template, texts, template, warnings } }: { readonly campaign: LiveCampaign }) {
  return (
    <section className="card" aria-labelledby="text-title">
      <h2 id="text-title">Text</h2>
      <p className="template">{base_template}</p>
      {Object.entries(texts ?? {}).map(([tag, text]) => (
        <Fragment key={tag}>
          <h3 className="language">{languageLabel(tag)}</h3>
          <p className="template" lang={tag} dir="auto">
            {text}
          </p>
        </Fragment>
      ))}
      {template && (
        <p className="muted">
          Sent as the approved template {template.name} ({template.language})
          {template.parameters.length > 0 && `: ${template.parameters.join(', ')}`}
        </p>
      )}
      {warnings?.map((warning) => (
        <p key={warning} className="warning">
          {warning}
        </p>
      ))}
    </section>
  )
}

function NoRecipients({ campaign: { id, status } }: { readonly campaign: LiveCampaign }) {
  return (
    <div className="state compact">
      <p className="muted">No recipients have been chosen yet.</p>
      {isAllowed(status, 'edit') && (
        <Link href={`/campaigns/${id}/edit`} className="button button-primary">
          <Icon name="people" /> Choose recipients
        </Link>
      )}
    </div>
  )
}

function Times({ campaign: { scheduled_at, expires_at, created_at } }: { readonly campaign: LiveCampaign }) {
  const at = scheduled_at ?? created_at
  return (
    <span className="muted">
      {scheduled_at ? 'Scheduled for' : 'Created'}{' '}
      <time dateTime={at} title={utc(at)}>
        {dateTime(at)}
      </time>
      {scheduled_at && <> ({utc(scheduled_at)})</>}
      {expires_at && <>, sending stops {dateTime(expires_at)}</>}
    </span>
  )
}

function Pace({ campaign }: { readonly campaign: LiveCampaign }) {
  const { status, waiting, rate, eta_seconds, stale } = campaign
  if (stale && isRunning(status))
    return <p className="warning">These figures may be out of date: the connection was lost.</p>
  if (!isRunning(status) || waiting || rate === undefined) return null
  return (
    <p className="muted pace">
      {brief(rate)} per second
      {eta_seconds != null && <>, about {duration(eta_seconds)} left</>}, {count(campaign.stats.sending)} being sent
    </p>
  )
}
