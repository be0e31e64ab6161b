/** Card with the checks of /health. */
import type { Health } from '../../api/types.ts'
import { Badge } from '../../components/badge.tsx'

const names: Readonly<Record<string, string>> = {
  database: 'Database',
  queue: 'Queue',
  senders: 'Senders',
  dispatch: 'Sending',
  loops: 'Background work',
}

export function HealthCard({ health }: { readonly health: Health }) {
  return (
    <section className="card" aria-labelledby="health-title">
      <div className="card-head">
        <h2 id="health-title">Health</h2>
        <Badge status={health.status} />
      </div>
      <ul className="plain">
        {Object.entries(health.checks).map(([name, { status, message }]) => (
          <li key={name} className="split">
            <span>
              {names[name] ?? name}
              {message && <small className="muted"> {message}</small>}
            </span>
            <Badge status={status} />
          </li>
        ))}
      </ul>
    </section>
  )
}
