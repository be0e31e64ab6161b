/** Page of a segment: a new one, or one that is changed. */
import { useMemo } from 'react'
import { Link } from 'wouter'
import { ApiError, get } from '../../api/client.ts'
import type { Attribute, Segment } from '../../api/types.ts'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { SegmentForm } from './segment-form.tsx'

interface Loaded {
  readonly segment: Segment | undefined
  readonly attributes: readonly Attribute[]
}

export default function SegmentPage({ id }: { readonly id?: number }) {
  const { data, error, loading, reload } = useQuery(`segment ${id}`, async (signal): Promise<Loaded> => {
    const [attributes, segment] = await Promise.all([
      get<{ readonly data: readonly Attribute[] }>('/attributes', signal),
      id === undefined ? undefined : get<Segment>(`/segments/${id}`, signal),
    ])
    return { segment, attributes: attributes.data }
  })
  useTitle(id === undefined ? 'New segment' : (data?.segment?.name ?? 'Segment'))
  const types = useMemo(() => new Map(data?.attributes.map(({ name, type }) => [name, type])), [data])
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <Empty title="Segment not found" action={<Link href="/segments">All segments</Link>}>
        It may have been deleted.
      </Empty>
    )
  if (!data) return loading ? <Loading what="segment" /> : <Failure error={error} retry={reload} />
  return <SegmentForm segment={data.segment} attributes={data.attributes} types={types} />
}
