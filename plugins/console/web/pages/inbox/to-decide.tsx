/** Messages that may be a wish to opt out: somebody decides about each. */
import type { Inbound } from '../../api/types.ts'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import type { Query } from '../../hooks/use-query.ts'
import { dateTime, utc } from '../../text/format.ts'
import { Decide } from './decide.tsx'
import { Writer } from './writer.tsx'
import { Written } from './written.tsx'

export interface OpenReviews {
  readonly data: readonly Inbound[]
  readonly next_cursor: string | null
}

interface ToDecideProps {
  readonly list: Query<OpenReviews>
  readonly onDecided: () => void
}

export function ToDecide({ list: { data, error, loading, reload }, onDecided }: ToDecideProps) {
  return (
    <section className="card flush" aria-labelledby="decide-title">
      <div className="card-head">
        <h2 id="decide-title">To be decided</h2>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="messages" />}
      {data?.data.length === 0 && (
        <Empty title="Nothing to decide">
          Messages such as “please stop” come here. Plain words such as STOP and START are followed without a question.
        </Empty>
      )}
      {data && data.data.length > 0 && (
        <>
          <div className="card-text muted">
            <p>
              These people may want no more messages. They are suppressed until you decide: an opt-out stays suppressed,
              and anybody else gets messages again.
            </p>
          </div>
          <ul className="presets">
            {data.data.map((message) => (
              <li key={message.id}>
                <div>
                  <p className="written">
                    <Written text={message.text} />
                  </p>
                  <Writer message={message} />
                  <p className="muted">
                    <time dateTime={message.received_at} title={utc(message.received_at)}>
                      {dateTime(message.received_at)}
                    </time>
                    , to the sender {message.sender}
                  </p>
                </div>
                <Decide message={message} onDecided={onDecided} />
              </li>
            ))}
          </ul>
          {data.next_cursor && <p className="card-text muted">Earlier messages follow as you decide.</p>}
        </>
      )}
    </section>
  )
}
