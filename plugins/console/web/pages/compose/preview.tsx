/** The text as customers will read it, filled in as it is typed, by the same code that fills it in when it is sent. */
import { useMemo, useState } from 'react'
import { compileTemplate } from '../../../../../core/template.ts'
import { get } from '../../api/client.ts'
import type { Channel, Customer, Page } from '../../api/types.ts'
import { CustomerPicker } from '../../components/customer-picker.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { fullName, plural } from '../../text/format.ts'
import { countSegments, markForcing } from '../../text/segments.ts'
import { pickSamples } from './pick-samples.ts'

export function Preview({ channel, template }: { readonly channel: Channel; readonly template: string }) {
  const { data, error, loading, reload } = useQuery('preview', (signal) =>
    get<Page<Customer>>('/customers?page_size=100', signal),
  )
  const [chosen, setChosen] = useState<Customer>()
  const compiled = useMemo(() => compileTemplate(template), [template])
  const picked = useMemo(() => pickSamples(data?.data ?? []), [data])
  const samples = chosen
    ? [{ customer: chosen, why: 'Your choice' }, ...picked.filter(({ customer }) => customer.id !== chosen.id)]
    : picked
  if (error !== undefined) return <Failure error={error} retry={reload} />
  if (!data && loading) return <Loading what="customers to preview with" />
  if (samples.length === 0)
    return <Empty title="Nothing to preview with">Add a customer, and see here what they would read.</Empty>
  return (
    <div className="preview">
      <h2>Preview</h2>
      <CustomerPicker label="Also show" onPick={setChosen} optional />
      {samples.map(({ customer, why }) => (
        <figure key={customer.id} className="bubble-figure">
          <figcaption>
            <strong>{fullName(customer) || customer.phone}</strong> <span className="muted">{why}</span>
          </figcaption>
          <Bubble channel={channel} text={compiled.render(customer)} />
        </figure>
      ))}
    </div>
  )
}

function Bubble({ channel, text }: { readonly channel: Channel; readonly text: string }) {
  if (text.trim() === '') return <p className="bubble bubble-empty">Nothing: this customer would be skipped</p>
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
