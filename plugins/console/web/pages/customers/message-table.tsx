/** Table of a customer's messages, a row for each campaign. */
import { Link } from 'wouter'
import type { CustomerMessage } from '../../api/types.ts'
import { ChannelName } from '../../components/badge.tsx'
import { MessageStatus } from '../../components/delivery.tsx'
import { MessageText } from '../../components/message-text.tsx'
import { dateTime, utc } from '../../text/format.ts'

export function MessageTable({ messages }: { readonly messages: readonly CustomerMessage[] }) {
  return (
    <table className="list stack messages">
      <thead>
        <tr>
          <th scope="col">Campaign</th>
          <th scope="col">Status</th>
          <th scope="col">Text or reason</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <Row key={message.campaign.id} message={message} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ message }: { readonly message: CustomerMessage }) {
  const { campaign, created_at, updated_at } = message
  const at = updated_at ?? created_at
  return (
    <tr>
      <th scope="row">
        <Link href={`/campaigns/${campaign.id}`} className="row-link">
          {campaign.name}
        </Link>
        <ChannelName channel={campaign.channel} />
      </th>
      <td>
        <MessageStatus message={message} />
      </td>
      <td className="text-cell">
        <MessageText message={message} />
      </td>
      <td>
        <time dateTime={at} title={utc(at)}>
          {dateTime(at)}
        </time>
      </td>
    </tr>
  )
}
