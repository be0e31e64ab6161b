/** Page to write a campaign: a new one, a copy of another one, or a draft that is changed. */
import { useSearchParams } from 'wouter'
import { get } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { ComposeForm } from './compose-form.tsx'
import { copyOf, draftOf, emptyDraft } from './draft.ts'

export default function ComposePage({ id }: { readonly id?: number }) {
  const [parameters] = useSearchParams()
  const copied = id === undefined ? /^\d+$/.exec(parameters.get('from') ?? '')?.[0] : undefined
  const title = id === undefined ? 'New campaign' : 'Edit campaign'
  const source = id ?? copied
  useTitle(title)
  const { data, error, loading, reload } = useQuery(`compose ${source}`, (signal) =>
    source === undefined ? Promise.resolve(undefined) : get<Campaign>(`/campaigns/${source}`, signal),
  )
  if (source === undefined) return <ComposeForm key="new" title={title} page="new" initial={emptyDraft} />
  if (error !== undefined) return <Failure error={error} retry={reload} />
  if (!data || (loading && data.id !== Number(source))) return <Loading what="campaign" />
  if (id === undefined) return <ComposeForm key={copied} title={title} page={`copy ${copied}`} initial={copyOf(data)} />
  return <ComposeForm title={title} page={String(id)} id={id} initial={draftOf(data)} recipients={data.stats.total} />
}
