/** Table of running processes with their rates. */
import type { Worker } from '../../api/types.ts'
import { Empty } from '../../components/states.tsx'
import { brief, dateTime, timeOfDay } from '../../text/format.ts'

export function Workers({ workers }: { readonly workers: readonly Worker[] }) {
  return (
    <section className="card flush" aria-labelledby="workers-title">
      <h2 id="workers-title">Processes</h2>
      {workers.length === 0 ? (
        <Empty title="No running processes">Nothing is sent until a scheduler and a worker are running.</Empty>
      ) : (
        <table className="list stack workers">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Role</th>
              <th scope="col" className="number">
                Per second
              </th>
              <th scope="col">Running since</th>
              <th scope="col">Last seen</th>
            </tr>
          </thead>
          <tbody>
            {workers.map(({ id, host, pid, plugins, rate, started_at, seen_at }) => (
              <tr key={id}>
                <th scope="row">
                  {host} <span className="muted">{pid}</span>
                </th>
                <td>
                  {plugins.filter((name) => name === 'worker' || name === 'scheduler').join(', ') || plugins.join(', ')}
                </td>
                <td className="number aside">{brief(rate)}</td>
                <td className="aside">{dateTime(started_at)}</td>
                <td data-label="Last seen">{timeOfDay(seen_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
