/** Page of senders: their state, limits and accounts, and the routes of the channels. */
import { Link } from 'wouter'
import { get } from '../../api/client.ts'
import type { Route } from '../../api/types.ts'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useSenders } from '../../hooks/use-senders.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { RouteCard } from './route-card.tsx'
import { SenderCard } from './sender-card.tsx'

const EVERY_MS = 2000

export default function SendersPage() {
  useTitle('Senders')
  const senders = useSenders(EVERY_MS)
  const routes = useQuery(
    'routes',
    async (signal) => (await get<{ routes: Route[] }>('/routes', signal)).routes,
    EVERY_MS,
  )
  const error = senders.error ?? routes.error
  const reload = () => {
    senders.reload()
    routes.reload()
  }
  return (
    <>
      <div className="page-head">
        <h1>Senders</h1>
        <Link href="/senders/prices" className="button">
          Prices
        </Link>
      </div>
      <p className="muted">
        A sender is an account at a provider. A route lists the senders of a channel: the first one that can send is
        used. Phones of a country may have senders of their own.
      </p>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!senders.data && error === undefined && <Loading what="senders" />}
      {senders.data?.length === 0 && <Empty title="No senders">Name them in the setting SENDERS.</Empty>}
      <div className="columns">
        {senders.data?.map((sender) => (
          <SenderCard key={sender.name} sender={sender} reload={reload} />
        ))}
      </div>
      {senders.data && routes.data && routes.data.length > 0 && (
        <div className="columns">
          {routes.data.map((route) => (
            <RouteCard key={route.channel} route={route} senders={senders.data ?? []} reload={reload} />
          ))}
        </div>
      )}
    </>
  )
}
