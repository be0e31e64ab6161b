/** Table of messages that people wrote, with how each was read and what was decided about it. */
import { type Inbound, intentNames } from '../../api/types.ts'
import { dateTime, utc } from '../../text/format.ts'
import { Decide } from './decide.tsx'
import { reviewNames } from './inbound-words.ts'
import { Writer } from './writer.tsx'
import { Written } from './written.tsx'

interface InboundTableProps {
  readonly messages: readonly Inbound[]
  /** True where all of them are of one person, who is known. */
  readonly ofOne?: boolean
  readonly reload: () => void
}

export function InboundTable({ messages, ofOne = false, reload }: InboundTableProps) {
  return (
    <table className="list stack inbound">
      <thead>
        <tr>
          {!ofOne && <th scope="col">From</th>}
          <th scope="col">Text</th>
          <th scope="col">Read as</th>
          <th scope="col">To sender</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <tr key={message.id}>
            {!ofOne && (
              <th scope="row">
                <Writer message={message} />
              </th>
            )}
            <td className="text-cell">
              <Written text={message.text} />
            </td>
            <td>
              <Reading message={message} canDecide={ofOne || message.review !== 'open'} reload={reload} />
            </td>
            <td data-label="To sender">{message.sender}</td>
            <td>
              <time dateTime={message.received_at} title={utc(message.received_at)}>
                {dateTime(message.received_at)}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ReadingProps {
  readonly message: Inbound
  /** False where the buttons are elsewhere on the page. */
  readonly canDecide: boolean
  readonly reload: () => void
}

function Reading({ message, canDecide, reload }: ReadingProps) {
  const { intent, review } = message
  return (
    <>
      <span className={`badge badge-words badge-intent-${intent}`}>
        {intent ? intentNames[intent] : 'Not read yet'}
      </span>
      {review && (
        <>
          <p className="muted">{reviewNames[review]}</p>
          {canDecide && <Decide message={message} onDecided={reload} />}
        </>
      )}
    </>
  )
}
