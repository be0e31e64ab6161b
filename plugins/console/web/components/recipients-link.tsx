/** A figure that leads to the recipients behind it. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { query } from '../api/client.ts'
import { type Delivery, deliveryNames, type Outcome } from '../api/types.ts'

/** Id of the list on a campaign's page. */
export const RECIPIENTS_ID = 'recipients'

interface RecipientsLinkProps {
  /** Id of the campaign. */
  readonly id: number
  readonly status?: Outcome
  readonly delivery?: Delivery
  readonly children: ReactNode
}

export function RecipientsLink({ id, status, delivery, children }: RecipientsLinkProps) {
  // Only on the campaign's own page: from another page the list does not exist yet, and the new page begins at its top.
  const show = () => document.getElementById(RECIPIENTS_ID)?.scrollIntoView()
  return (
    <Link
      href={`/campaigns/${id}${query({ status, delivery })}`}
      className="figure-link"
      title={`Show these recipients (${status ?? (delivery && deliveryNames[delivery].toLowerCase())})`}
      onClick={show}
    >
      {children}
    </Link>
  )
}
