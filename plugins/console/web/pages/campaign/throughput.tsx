/** Chart of the campaign's throughput since the page was opened. */
import { useEffect, useState } from 'react'
import { isUnderWay } from '../../../../../core/messaging/campaign/status.ts'
import { Chart } from '../../components/chart.tsx'
import { doneOf } from '../../components/outcome-bar.tsx'
import { brief } from '../../text/format.ts'
import { addFigures, emptySeries } from './series.ts'
import type { LiveCampaign } from './use-campaign.ts'

export function Throughput({ campaign }: { readonly campaign: LiveCampaign }) {
  const { status, stats, stale } = campaign
  const [series, setSeries] = useState(emptySeries)
  const moving = isUnderWay(status)
  const done = doneOf(stats)
  useEffect(() => {
    if (stale || (!moving && series.last?.done === done)) return
    setSeries((before) => addFigures(before, Date.now(), done))
    if (!moving) return
    // No event arrives while nothing changes, and zero is a figure too.
    const timer = setInterval(() => setSeries((before) => addFigures(before, Date.now(), done)), 1000)
    return () => clearInterval(timer)
  }, [done, moving, stale, series.last?.done])
  if (!moving && series.points.length === 0) return null
  const fastest = Math.max(0, ...series.points.map(({ rate }) => rate))
  return (
    <section className="card" aria-labelledby="throughput-title">
      <h2 id="throughput-title">Throughput</h2>
      <Chart
        times={series.points.map(({ at }) => at)}
        values={series.points.map(({ rate }) => rate)}
        label={`Recipients per second since this page was opened; peak ${brief(fastest)}`}
      />
    </section>
  )
}
