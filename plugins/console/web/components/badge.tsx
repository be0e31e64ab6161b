/** A status in a word and a colour. */
import type { CampaignStatus } from '../../../../core/messaging/campaign/status.ts'
import { type Channel, channelNames, type Outcome } from '../api/types.ts'

export function Badge({ status }: { readonly status: CampaignStatus | Outcome | string }) {
  return <span className={`badge badge-${status}`}>{status}</span>
}

export function ChannelName({ channel }: { readonly channel: Channel }) {
  return <span className={`channel channel-${channel}`}>{channelNames[channel]}</span>
}
