/** Question before a suppression is removed, which says what that means. */
import { query, write } from '../../api/client.ts'
import { type LiftReport, reasonNames, type Suppression, suppressedChannelNames } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { notify } from '../../components/notices.tsx'
import { removalText, removedText } from './suppression-words.ts'

interface RemoveSuppressionProps {
  readonly suppression: Suppression
  readonly onRemoved: () => void
  readonly onClose: () => void
}

export function RemoveSuppression({ suppression, onRemoved, onClose }: RemoveSuppressionProps) {
  const { phone, channel, reason } = suppression
  const lift = async () => {
    const path = `/suppressions/${encodeURIComponent(phone)}${query({ channel, reason })}`
    notify(removedText(await write<LiftReport>('DELETE', path, undefined)))
    onRemoved()
  }
  return (
    <Confirm title="Remove this suppression?" danger action="Remove it" onConfirm={lift} onClose={onClose}>
      <p>
        {phone}: {reasonNames[reason].toLowerCase()}, {suppressedChannelNames[channel]}
      </p>
      {removalText(suppression).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Confirm>
  )
}
