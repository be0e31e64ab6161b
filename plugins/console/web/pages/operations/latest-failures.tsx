/** Table of the latest failures of all campaigns. */
import { Link } from 'wouter'
import { explainCode } from '../../../../../core/messaging/senders/codes.ts'
import type { Snapshot } from '../../api/types.ts'
import { Badge } from '../../components/badge.tsx'
import { RecipientsLink } from '../../components/recipients-link.tsx'
import { count, timeOfDay } from '../../text/format.ts'

export function LatestFailures({ failures }: { readonly failures: Snapshot['failures'] }) {
  if (failures.length === 0) return null
  return (
    <section className="card flush" aria-labelledby="latest-title">
      <h2 id="latest-title">Latest failures</h2>
      <table className="list stack latest">
        <thead>
          <tr>
            <th scope="col">Campaign</th>
            <th scope="col">Status</th>
            <th scope="col">Reason</th>
            <th scope="col" className="number">
              Recipients
            </th>
            <th scope="col">At</th>
          </tr>
        </thead>
        <tbody>
          {failures.map((failure) => (
            <Row key={`${failure.at} ${failure.campaign_id} ${failure.status} ${failure.code}`} failure={failure} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ failure }: { readonly failure: Snapshot['failures'][number] }) {
  const { at, campaign_id, campaign, status, code, count: many } = failure
  return (
    <tr>
      <th scope="row">
        <Link href={`/campaigns/${campaign_id}`}>{campaign}</Link>
      </th>
      <td>
        <Badge status={status} />
      </td>
      <td>
        {explainCode(code).meaning} <code>{code}</code>
      </td>
      <td className="number" data-unit={many === 1 ? 'recipient' : 'recipients'}>
        <RecipientsLink id={campaign_id} status={status}>
          {count(many)}
        </RecipientsLink>
      </td>
      <td>{timeOfDay(at)}</td>
    </tr>
  )
}
