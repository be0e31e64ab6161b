/** Newest messages that a customer wrote, with how each was read. */
import { Link } from 'wouter'
import { get, query } from '../../api/client.ts'
import type { Inbound } from '../../api/types.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { InboundTable } from '../inbox/inbound-table.tsx'

interface WroteProps {
  readonly id: number
  readonly phone: string
  /** Grows when something else on the page may have changed how they are decided. */
  readonly turn: number
  readonly onDecided: () => void
}

interface Newest {
  readonly data: readonly Inbound[]
  readonly next_cursor: string | null
}

const REFRESH_MS = 5000

export function Wrote({ id, phone, turn, onDecided }: WroteProps) {
  const { data, error, loading, reload } = useQuery(
    `inbound ${id} ${turn}`,
    (signal) => get<Newest>(`/inbound${query({ customer_id: id })}`, signal),
    REFRESH_MS,
  )
  return (
    <section className="card flush" aria-labelledby="wrote-title">
      <div className="card-head">
        <h2 id="wrote-title">What they wrote</h2>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="messages" />}
      {data?.data.length === 0 && <p className="card-text muted">Nothing has come from this phone.</p>}
      {data && data.data.length > 0 && <InboundTable messages={data.data} ofOne reload={onDecided} />}
      {data?.next_cursor && (
        <p className="card-text card-end">
          <Link href={`/inbox${query({ phone })}`}>Earlier messages</Link>
        </p>
      )}
    </section>
  )
}
