/** Report of an audience of everybody. Pure. */
import { table, write } from '../format.ts'
import type { Run } from './run.ts'

export function audienceSection({ plan, figures, values }: Run): string {
  const row = (what: string, key: string) => {
    const figure = figures[key]
    return [what, ...(['median', 'min', 'max'] as const).map((name) => write(figure?.[name], 'rate'))]
  }
  const cpu = (what: string, key: string) => [what, write(figures[key]?.median, 'us')]
  const kills = values['audience.kills']
  return `## An audience of everybody

\`POST /campaigns/{id}/send {"audience": {"everyone": true}}\` with ${write(plan.audience.customers, 'plain')} customers, from the request to the commit of the last step, beside the INSERT ... SELECT of the same messages alone, without chunks. In turn, each on a fresh database.${kills ? ` Then ${kills} schedulers are killed with SIGKILL while they queue it, and each customer must be a recipient once.` : ''}

${table(['', 'median', 'least', 'most'], [row('queued by the scheduler', 'audience.queue.rate'), row('its rows alone', 'audience.insert.rate')])}

${table(['CPU of the database for each', 'median'], [cpu('queued by the scheduler', 'audience.queue.cpu'), cpu('its rows alone', 'audience.insert.cpu')])}
`
}
