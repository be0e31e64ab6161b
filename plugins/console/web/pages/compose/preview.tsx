/** The text as people of the audience will read it, rendered as it is typed by the same code that renders it for sending. */
import { useMemo, useState } from 'react'
import type { Channel, Customer } from '../../api/types.ts'
import { Bubble } from '../../components/bubble.tsx'
import { CustomerPicker } from '../../components/customer-picker.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useTemplate } from '../../hooks/use-attributes.ts'
import { fullName } from '../../text/format.ts'
import type { Audience } from './draft.ts'
import { pickSamples } from './pick-samples.ts'
import { usePeople } from './use-people.ts'

interface PreviewProps {
  readonly channel: Channel
  readonly template: string
  readonly audience: Audience
}

const sources: Readonly<Record<Audience['by'], string>> = {
  none: 'Some of your customers, because no recipients are chosen yet.',
  filter: 'Some of the people who match the filter.',
  picking: 'Some of the people you chose.',
  file: 'Some of the people in the file.',
  segments: 'Some of the people in the segments.',
}

export function Preview({ channel, template, audience }: PreviewProps) {
  const { data, error, loading, reload } = usePeople(audience)
  const { template: compiled } = useTemplate(template)
  const picked = useMemo(() => pickSamples(data?.some ?? []), [data])
  // A person of one audience may not belong to the next.
  const [chosen, setChosen] = useState<{ readonly customer: Customer; readonly by: Audience['by'] }>()
  const extra = chosen?.by === audience.by && audience.by === 'none' ? chosen.customer : undefined
  const samples = extra
    ? [{ customer: extra, why: 'Your choice' }, ...picked.filter(({ customer }) => customer.id !== extra.id)]
    : picked
  if (error !== undefined) return <Failure error={error} retry={reload} />
  if (!data && loading) return <Loading what="the preview" />
  return (
    <div className="preview">
      <h2>Preview</h2>
      <p className="muted">{sources[audience.by]}</p>
      {audience.by === 'none' && (
        <CustomerPicker label="Also show" onPick={(customer) => setChosen({ customer, by: audience.by })} optional />
      )}
      {samples.length === 0 && (
        <Empty title={audience.by === 'none' ? 'No customers yet' : 'No recipients yet'}>
          {audience.by === 'none'
            ? 'Add a customer to see the text as they would read it.'
            : 'Choose recipients to see the text as they will read it.'}
        </Empty>
      )}
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
