/** A figure that leads to the recipients behind it. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Outcome } from '../api/types.ts'

/** Id of the list on a campaign's page. */
export const RECIPIENTS_ID = 'recipients'

interface RecipientsLinkProps {
  /** Id of the campaign. */
  readonly id: number
  readonly status: Outcome
  readonly children: ReactNode
}

export function RecipientsLink({ id, status, children }: RecipientsLinkProps) {
  // On the campaign's own page; on another one the list is not there yet, and the page begins at its top.
  const show = () => document.getElementById(RECIPIENTS_ID)?.scrollIntoView()
  return (
    <Link
      href={`/campaigns/${id}?status=${status}`}
      className="figure-link"
      title={`Show these recipients (${status})`}
      onClick={show}
    >
      {children}
    </Link>
  )
}
