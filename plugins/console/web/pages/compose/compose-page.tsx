/** A campaign is written here, or a draft written anew. */
import { get } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { ComposeForm } from './compose-form.tsx'
import { draftOf, emptyDraft } from './draft.ts'

export default function ComposePage({ id }: { readonly id?: number }) {
  useTitle(id === undefined ? 'New campaign' : 'Edit campaign')
  const { data, error, reload } = useQuery(`edit ${id}`, (signal) =>
    id === undefined ? Promise.resolve(undefined) : get<Campaign>(`/campaigns/${id}`, signal),
  )
  if (id === undefined) return <ComposeForm initial={emptyDraft} />
  if (error !== undefined) return <Failure error={error} retry={reload} />
  return data ? (
    <ComposeForm id={id} initial={draftOf(data)} recipients={data.stats.total} />
  ) : (
    <Loading what="campaign" />
  )
}
