/** Table of suppressions: phone, reason, origin, and a button that asks for the removal. */
import { Link } from 'wouter'
import { reasonNames, type Suppression, suppressedChannelNames } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { dateTime, utc } from '../../text/format.ts'
import { canBeRemoved, sourceText } from './suppression-words.ts'

interface SuppressionTableProps {
  readonly suppressions: readonly Suppression[]
  /** True where all of them are of one phone, which is known. */
  readonly ofOne?: boolean
  readonly onRemove: (suppression: Suppression) => void
}

export function SuppressionTable({ suppressions, ofOne = false, onRemove }: SuppressionTableProps) {
  return (
    <table className="list stack customers suppressions">
      <thead>
        <tr>
          {!ofOne && <th scope="col">Phone</th>}
          <th scope="col">Reason</th>
          <th scope="col">Channel</th>
          <th scope="col">Origin</th>
          <th scope="col">Added</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {suppressions.map((one) => (
          <SuppressionRow key={keyOf(one)} suppression={one} ofOne={ofOne} onRemove={onRemove} />
        ))}
      </tbody>
    </table>
  )
}

const keyOf = ({ phone, channel, reason }: Suppression) => `${phone} ${channel} ${reason}`

interface SuppressionRowProps extends Required<Omit<SuppressionTableProps, 'suppressions'>> {
  readonly suppression: Suppression
}

function SuppressionRow({ suppression, ofOne, onRemove }: SuppressionRowProps) {
  const { phone, channel, reason, note, created_at } = suppression
  const name = `${phone}, ${reasonNames[reason]}, ${suppressedChannelNames[channel]}`
  return (
    <tr>
      {!ofOne && (
        <th scope="row" className="phone">
          <Link href={`/customers?q=${encodeURIComponent(phone)}`} title="Customer with this phone">
            {phone}
          </Link>
        </th>
      )}
      {ofOne ? <th scope="row">{reasonNames[reason]}</th> : <td>{reasonNames[reason]}</td>}
      <td>{suppressedChannelNames[channel]}</td>
      <td>
        {sourceText(suppression)}
        {note && <p className="muted">{note}</p>}
      </td>
      <td>
        <time dateTime={created_at} title={utc(created_at)}>
          {dateTime(created_at)}
        </time>
      </td>
      <td className="row-actions">
        {canBeRemoved(suppression) && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${name}`}
            onClick={() => onRemove(suppression)}
          >
            <Icon name="bin" />
          </button>
        )}
      </td>
    </tr>
  )
}
