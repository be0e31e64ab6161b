/** Sender that a channel uses, with a mark where nobody receives its messages. */
import { type Channel, channelNames } from '../api/types.ts'
import { useLive } from '../hooks/use-live.ts'
import { TestSenderBadge } from './waiting.tsx'

interface SenderNameProps {
  readonly channel: Channel
  /** Name of the sender that is used in place of the channel's route. */
  readonly sender?: string | null
}

export function SenderName({ channel, sender: chosen }: SenderNameProps) {
  const kind = useLive().snapshot?.senders?.[channel]
  const sender = chosen || (kind === 'mock' ? undefined : kind)
  return (
    <>
      <span>{sender ? `${channelNames[channel]} by the ${sender} sender` : channelNames[channel]}</span>
      <TestSenderBadge channel={channel} sender={chosen ?? null} />
    </>
  )
}
