/** Records of what a customer agreed to and withdrew, and a button to add one. */
import { useState } from 'react'
import { get } from '../../api/client.ts'
import { type Consent, channelNames, channels, suppressedChannelNames } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { dateTime, utc } from '../../text/format.ts'
import { ConsentForm, methodNames } from './consent-form.tsx'

const REFRESH_MS = 5000

interface Newest {
  readonly data: readonly Consent[]
}

export function Consents({ id }: { readonly id: number }) {
  const { data, error, loading, reload } = useQuery(
    `consents ${id}`,
    (signal) => get<Newest>(`/customers/${id}/consents`, signal),
    REFRESH_MS,
  )
  const [open, setOpen] = useState(false)
  const saved = () => {
    setOpen(false)
    notify('Consent recorded')
    reload()
  }
  return (
    <section className="card flush" aria-labelledby="consents-title">
      <div className="card-head">
        <h2 id="consents-title">Consent to marketing</h2>
        <button type="button" className="button" onClick={() => setOpen(true)}>
          Record consent…
        </button>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="consents" />}
      {data && <p className="card-text">{summaryOf(data.data)}</p>}
      {data && data.data.length > 0 && <ConsentTable consents={data.data} />}
      {open && <ConsentForm id={id} onSaved={saved} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** State of each channel: the record decides that the person said last. */
function summaryOf(consents: readonly Consent[]): string {
  const latest = consents.toSorted((a, b) => b.captured_at.localeCompare(a.captured_at))
  return channels
    .map((channel) => {
      const status = latest.find((one) => one.channel === channel || one.channel === 'all')?.status ?? 'none'
      return `${channelNames[channel]}: ${statusNames[status].toLowerCase()}`
    })
    .join(', ')
}

const statusNames = { given: 'Given', withdrawn: 'Withdrawn', none: 'Not recorded' } as const

function ConsentTable({ consents }: { readonly consents: readonly Consent[] }) {
  return (
    <table className="list stack">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Channel</th>
          <th scope="col">Method</th>
          <th scope="col">Words and evidence</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {consents.map((one) => (
          <tr key={one.id}>
            <th scope="row">{statusNames[one.status]}</th>
            <td>{suppressedChannelNames[one.channel]}</td>
            <td>{methodNames[one.method]}</td>
            <td>{[one.wording, one.evidence].filter(Boolean).join(' – ') || '–'}</td>
            <td>
              <time dateTime={one.captured_at} title={utc(one.captured_at)}>
                {dateTime(one.captured_at)}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
