/** The dashboard's own log lines: lost connections, started and finished campaigns, failures. Pure. */
import { count, plural } from '../format.ts'
import type { LogLine } from '../state/log.ts'
import type { Action, State } from '../state/state.ts'

export function seen(action: Action, now: State, before: State): readonly LogLine[] {
  switch (action.type) {
    case 'lost':
      // Once for each outage.
      if (before.connection.status === 'lost') return []
      return [{ at: action.now, level: 'warn', text: `Connection lost: ${action.failure.message}` }]
    case 'live':
      if (before.connection.status !== 'lost') return []
      return [{ at: now.now, level: 'info', text: 'Connected again' }]
    case 'health':
      if (before.health) return []
      return [{ at: now.now, level: 'error', text: `Unhealthy: ${action.health.checks.database.message ?? ''}` }]
    case 'snapshot':
      return before.snapshot ? changes(action, before.snapshot) : []
    default:
      return []
  }
}

type Came = Extract<Action, { type: 'snapshot' }>

function changes({ snapshot, now: at }: Came, before: Came['snapshot']): LogLine[] {
  const known = new Map(before.campaigns.map((one) => [one.id, one]))
  const lines: LogLine[] = []
  for (const { id, name, status, stats } of snapshot.campaigns) {
    const old = known.get(id)
    if (old?.status === status) continue
    const text = `Campaign #${id} ${name} is ${status}: ${count(stats.sent)} of ${plural(stats.total, 'recipient')} sent`
    lines.push({ at, level: status === 'failed' ? 'warn' : 'info', text })
  }
  const newest = before.failures[0]?.at ?? ''
  for (const failure of snapshot.failures.filter((one) => one.at > newest).toReversed()) {
    const { campaign_id: id, campaign, code, count: many, status } = failure
    lines.push({ at, level: 'warn', text: `#${id} ${campaign}: ${plural(many, 'recipient')} ${status}: ${code}` })
  }
  if (snapshot.note && snapshot.note !== before.note) lines.push({ at, level: 'warn', text: snapshot.note })
  for (const { channel, country, detail } of snapshot.resting_channels)
    if (!before.resting_channels.some((one) => one.channel === channel && one.country === country))
      lines.push({ at, level: 'warn', text: detail })
  return lines
}
