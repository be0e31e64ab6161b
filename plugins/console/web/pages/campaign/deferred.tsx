/** Recipients who wait for their quiet hours to end, and the first end of those. */
import type { Campaign } from '../../api/types.ts'
import { dateTime, plural, utc } from '../../text/format.ts'

export function Deferred({ campaign }: { readonly campaign: Pick<Campaign, 'deferred' | 'deferred_until'> }) {
  const { deferred, deferred_until: until } = campaign
  if (deferred === 0) return null
  return (
    <p className="callout" role="status" data-deferred={deferred}>
      <span>
        {plural(deferred, 'recipient')} {deferred === 1 ? 'waits' : 'wait'} for quiet hours to end
        {until && (
          <>
            {deferred === 1 ? ', until ' : ', the first until '}
            <time dateTime={until} title={utc(until)}>
              {dateTime(until)}
            </time>
          </>
        )}
        .
      </span>
    </p>
  )
}
