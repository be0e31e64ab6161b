/** Links to the campaigns and segments that use something. */
import { Link } from 'wouter'
import { get } from '../api/client.ts'
import { useQuery } from '../hooks/use-query.ts'

export interface NamedUse {
  readonly kind: string
  readonly id: number
  /** Undefined where the API names the id alone. */
  readonly name?: string
}

const places: Readonly<Record<string, string>> = { campaign: '/campaigns', segment: '/segments' }

export function Uses({ uses }: { readonly uses: readonly NamedUse[] }) {
  return (
    <ul className="uses">
      {uses.map((use) => (
        <li key={`${use.kind} ${use.id}`}>{use.name === undefined ? <Loaded {...use} /> : <Named {...use} />}</li>
      ))}
    </ul>
  )
}

function Named({ kind, id, name }: NamedUse) {
  return (
    <>
      <span className="muted">{kind === 'campaign' ? 'Campaign' : 'Segment'}</span>{' '}
      <Link href={`${places[kind] ?? ''}/${id}`}>{name ?? `number ${id}`}</Link>
    </>
  )
}

function Loaded({ kind, id }: NamedUse) {
  const path = `${places[kind] ?? ''}/${id}`
  const { data } = useQuery(path, (signal) => get<{ readonly name: string }>(path, signal))
  return <Named kind={kind} id={id} {...(data && { name: data.name })} />
}
