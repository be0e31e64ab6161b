/** Unreached recipients by reason. */
import { explainCode } from '../../../../../core/messaging/senders/codes.ts'
import { get } from '../../api/client.ts'
import type { Failure as Reason } from '../../api/types.ts'
import { Badge } from '../../components/badge.tsx'
import { RecipientsLink } from '../../components/recipients-link.tsx'
import { Failure } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import { count } from '../../text/format.ts'
import type { LiveCampaign } from './use-campaign.ts'

/** Shortest interval between two counts while the campaign is being sent. */
const EVERY_MS = 5000

export function Failures({ campaign: { id, stats } }: { readonly campaign: LiveCampaign }) {
  const unreached = stats.failed + stats.skipped + stats.unknown
  const version = useThrottled(unreached, EVERY_MS)
  const { data, error, reload } = useQuery(`failures ${id} ${version}`, async (signal) =>
    version === 0 ? [] : (await get<{ failures: Reason[] }>(`/campaigns/${id}/failures`, signal)).failures,
  )
  if (unreached === 0) return null
  return (
    <section className="card flush" aria-labelledby="failures-title">
      <h2 id="failures-title">Not reached</h2>
      {error !== undefined && <Failure error={error} retry={reload} />}
      <table className="list stack failures">
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Recipients
            </th>
          </tr>
        </thead>
        <tbody>
          {data?.map((reason) => (
            <Row key={`${reason.status} ${reason.code}`} id={id} reason={reason} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ id, reason }: { readonly id: number; readonly reason: Reason }) {
  const { status, code, count: many } = reason
  const { meaning, advice } = explainCode(code)
  return (
    <tr>
      <th scope="row">
        {meaning} <code>{code}</code>
        <p className="muted">{advice}</p>
      </th>
      <td>
        <Badge status={status} />
      </td>
      <td className="number" data-unit={many === 1 ? 'recipient' : 'recipients'}>
        <RecipientsLink id={id} status={status}>
          {count(many)}
        </RecipientsLink>
      </td>
    </tr>
  )
}
