/** Suppressions of a customer's phone: why nothing is sent to them, and buttons to suppress them and to take it back. */
import { useState } from 'react'
import { get, query } from '../../api/client.ts'
import { channelNames, channels, type Suppression } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { RemoveSuppression } from '../suppressions/remove-suppression.tsx'
import { SuppressForm } from '../suppressions/suppress-form.tsx'
import { SuppressionTable } from '../suppressions/suppression-table.tsx'

interface SuppressedProps {
  readonly phone: string
  /** Grows when something else on the page may have changed them. */
  readonly turn: number
  readonly onChanged: () => void
}

const REFRESH_MS = 5000

export function Suppressed({ phone, turn, onChanged }: SuppressedProps) {
  const { data, error, loading, reload } = useQuery(
    `suppressions ${phone} ${turn}`,
    (signal) => get<{ readonly data: readonly Suppression[] }>(`/suppressions${query({ q: phone })}`, signal),
    REFRESH_MS,
  )
  const [open, setOpen] = useState<'add' | Suppression>()
  const close = () => setOpen(undefined)
  // The search is for phones that begin with it.
  const suppressions = data?.data.filter((one) => one.phone === phone)
  const added = (text: string) => {
    close()
    notify(text)
    onChanged()
  }
  return (
    <section className="card flush" aria-labelledby="suppressed-title">
      <div className="card-head">
        <h2 id="suppressed-title">Suppressions</h2>
        <button type="button" className="button" onClick={() => setOpen('add')}>
          Suppress…
        </button>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!suppressions && loading && <Loading what="suppressions" />}
      {suppressions && <p className="card-text">{summaryOf(suppressions)}</p>}
      {suppressions && suppressions.length > 0 && (
        <SuppressionTable suppressions={suppressions} ofOne onRemove={setOpen} />
      )}
      {open === 'add' && <SuppressForm phone={phone} onSaved={added} onClose={close} />}
      {typeof open === 'object' && <RemoveSuppression suppression={open} onRemoved={onChanged} onClose={close} />}
    </section>
  )
}

function summaryOf(suppressions: readonly Suppression[]): string {
  const holds = channels.filter((channel) =>
    suppressions.some((one) => one.channel === 'all' || one.channel === channel),
  )
  if (holds.length === 0) return 'This phone is not suppressed.'
  if (holds.length === channels.length) return 'Nothing is sent to this phone.'
  return `Nothing is sent to this phone by ${holds.map((channel) => channelNames[channel]).join(' and ')}.`
}
