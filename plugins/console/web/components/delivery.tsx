/** Delivery of sent messages, by the receipts of their provider. Nothing is shown where no receipts come. */
import type { Campaign, Delivery, Message, Stats } from '../api/types.ts'
import { deliveries, deliveryNames } from '../api/types.ts'
import { count, percent } from '../text/format.ts'
import { Badge } from './badge.tsx'
import { RecipientsLink } from './recipients-link.tsx'

/** Sent messages by delivery: sent = awaiting + delivered + undelivered. */
const partsOf = ({ sent, delivered, undelivered, read }: Stats): Readonly<Record<Delivery, number>> => ({
  delivered,
  read,
  undelivered,
  // A receipt may be counted before its message.
  awaiting: Math.max(0, sent - delivered - undelivered),
})

/** False if there is nothing to show about delivery. */
export const hasDeliveries = ({ stats, receipts = false }: Reported): boolean =>
  receipts ? stats.sent > 0 : stats.delivered + stats.undelivered > 0

type Reported = Pick<Campaign, 'stats'> & Partial<Pick<Campaign, 'receipts'>>

/** @param campaign whose recipients the figures link to; undefined for figures of several campaigns */
export function DeliveryFigures({ campaign, ...reported }: Reported & { readonly campaign?: number }) {
  if (!hasDeliveries(reported)) return null
  const parts = partsOf(reported.stats)
  return (
    <div className="delivery">
      <h3>Delivery of sent messages</h3>
      <dl className="outcome-figures">
        {deliveries.map((name) => (
          <div key={name}>
            <dt>{deliveryNames[name]}</dt>
            <dd>
              <Figure name={name} value={parts[name]} campaign={campaign} />{' '}
              <small>{percent(parts[name], reported.stats.sent)}</small>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

interface FigureProps {
  readonly name: Delivery
  readonly value: number
  readonly campaign: number | undefined
}

function Figure({ name, value, campaign }: FigureProps) {
  const figure = <span data-delivery={name}>{count(value)}</span>
  if (campaign === undefined || value === 0) return figure
  return (
    <RecipientsLink id={campaign} delivery={name}>
      {figure}
    </RecipientsLink>
  )
}

/** Delivery in one line, for lists. */
export function DeliveryLine(reported: Reported) {
  if (!hasDeliveries(reported)) return null
  const parts = partsOf(reported.stats)
  return (
    <span className="progress-text" data-delivery="line">
      {deliveries
        .filter((name) => name === 'delivered' || parts[name] > 0)
        .map((name) => `${count(parts[name])} ${deliveryNames[name].toLowerCase()}`)
        .join(' · ')}
    </span>
  )
}

/** Status of a message, and what its receipts say. */
export function MessageStatus({ message: { status, delivery } }: { readonly message: Message }) {
  return (
    <span className="badges">
      <Badge status={status} />
      {delivery && <Badge status={delivery} />}
    </span>
  )
}
