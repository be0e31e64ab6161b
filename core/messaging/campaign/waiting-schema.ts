/** Schema of the reason why a campaign waits. */
import { t } from 'elysia'
import { orNull, utcTime } from '../../http/docs.ts'
import { waitingReasons } from '../senders/codes.ts'

export const waitingSchema = t.Object(
  {
    reason: t.String({ enum: [...waitingReasons] }),
    since: orNull(utcTime('Time at which the wait began, if known')),
    until: orNull(utcTime('Time at which it continues or is tried again, if known')),
    detail: t.String({ description: 'The reason in one sentence' }),
  },
  { description: 'The reason why the campaign waits; null if it is being sent, is a draft, or is over' },
)
