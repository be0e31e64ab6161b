/** Sender that a channel uses, with a mark where nobody receives its messages. */
import { type Channel, channelNames } from '../api/types.ts'
import { useLive } from '../hooks/use-live.ts'
import { TestSenderBadge } from './waiting.tsx'

export function SenderName({ channel }: { readonly channel: Channel }) {
  const sender = useLive().snapshot?.senders?.[channel]
  return (
    <>
      <span>
        {sender && sender !== 'mock' ? `${channelNames[channel]} by the ${sender} sender` : channelNames[channel]}
      </span>
      <TestSenderBadge channel={channel} />
    </>
  )
}
