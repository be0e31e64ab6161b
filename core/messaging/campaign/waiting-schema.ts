/** The reason why a campaign stands still, as the API answers it. */
import { t } from 'elysia'
import { orNull, utcTime } from '../../http/docs.ts'
import { waitingReasons } from '../senders/codes.ts'

export const waitingSchema = t.Object(
  {
    reason: t.String({ enum: [...waitingReasons] }),
    since: orNull(utcTime('When it began, where that is known')),
    until: orNull(utcTime('When it goes on or is tried again, where that is known')),
    detail: t.String({ description: 'The reason in one sentence' }),
  },
  { description: 'Why the campaign stands still; null: it moves, is a draft, or is over' },
)
