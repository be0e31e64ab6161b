/** The text as people of the audience will read it, rendered as it is typed by the same code that renders it for sending. */
import { useMemo, useState } from 'react'
import type { TextsByLanguage } from '../../../../../core/messaging/text/languages.ts'
import { transliterate } from '../../../../../core/messaging/text/transliterate.ts'
import type { Channel, Customer, Transliteration } from '../../api/types.ts'
import { Bubble } from '../../components/bubble.tsx'
import { CustomerPicker } from '../../components/customer-picker.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useTexts } from '../../hooks/use-attributes.ts'
import { fullName } from '../../text/format.ts'
import { languageLabel } from '../../text/language.ts'
import type { Audience } from './draft.ts'
import { pickSamples } from './pick-samples.ts'
import { asReader, readersAmong, reads } from './readers.ts'
import { usePeople } from './use-people.ts'

interface PreviewProps {
  readonly channel: Channel
  readonly template: string
  readonly texts: TextsByLanguage
  /** Language whose text is shown; undefined: the default. */
  readonly language: string | undefined
  readonly transliteration: Transliteration
  readonly audience: Audience
}

const sources: Readonly<Record<Audience['by'], string>> = {
  none: 'Some of your customers, because no recipients are chosen yet.',
  filter: 'Some of the people who match the filter.',
  picking: 'Some of the people you chose.',
  file: 'Some of the people in the file.',
  segments: 'Some of the people in the segments.',
}

const wordsFor = (language: string | undefined): string =>
  language === undefined ? 'another language' : languageLabel(language)

export function Preview({ channel, template, texts, language, transliteration, audience }: PreviewProps) {
  const { data, error, loading, reload } = usePeople(audience)
  const compiled = useTexts(template, texts)
  const picked = useMemo(() => pickSamples(readersAmong(data?.some ?? [], texts, language)), [data, texts, language])
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
            <strong>{fullName(customer) || customer.phone}</strong>{' '}
            <span className="muted">
              {why}
              {!reads(customer, texts, language) && `, as if they read ${wordsFor(language)}`}
            </span>
          </figcaption>
          <Bubble
            channel={channel}
            text={transliterate(compiled.render(asReader(customer, texts, language)), transliteration)}
          />
        </figure>
      ))}
    </div>
  )
}
