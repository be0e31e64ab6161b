/** A message as it looks on a phone, with its length for SMS. */

import { countSegments, markForcing } from '../../../../core/messaging/text/segments.ts'
import { isBlank } from '../../../../core/text/invisible.ts'
import type { Channel } from '../api/types.ts'
import { plural } from '../text/format.ts'

export function Bubble({ channel, text }: { readonly channel: Channel; readonly text: string }) {
  if (isBlank(text)) return <p className="bubble bubble-empty">Empty text: this person would get no message</p>
  if (channel === 'whatsapp') return <p className={`bubble bubble-${channel}`}>{text}</p>
  const { encoding, parts, units, left } = countSegments(text)
  return (
    <>
      <p className="bubble bubble-sms">
        {markForcing(text).map(({ text: run, forcing, at }) =>
          forcing ? (
            <mark key={at} className="forcing">
              {run}
            </mark>
          ) : (
            run
          ),
        )}
      </p>
      <p className="bubble-count">
        {plural(parts, 'part')} · {encoding} · {units} used, {left} left
      </p>
    </>
  )
}
