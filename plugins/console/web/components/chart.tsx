/** One line over time, drawn by uPlot in the page's own colours. */
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { brief, timeOfDay } from '../text/format.ts'

interface ChartProps {
  /** Seconds since the epoch. */
  readonly times: readonly number[]
  readonly values: readonly number[]
  /** Description of the chart, in words. */
  readonly label: string
}

const HEIGHT = 180
/** Steps of the axis: whole numbers, so that no two lines have the same label. */
const STEPS = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

function colour(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

function options(element: HTMLElement): uPlot.Options {
  const axis = {
    stroke: () => colour(element, '--chart-text'),
    grid: { stroke: () => colour(element, '--chart-grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    padding: [12, 40, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    legend: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.15)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 80,
        size: 30,
        incrs: [1, 2, 5, 10, 30, 60, 120, 300, 600],
        values: (_, all) => all.map((at) => timeOfDay(new Date(at * 1000).toISOString())),
      },
      { ...axis, size: 56, incrs: STEPS, values: (_, all) => all.map((value) => brief(value)) },
    ],
    series: [
      {},
      {
        stroke: () => colour(element, '--chart-line'),
        fill: () => colour(element, '--chart-fill'),
        width: 2,
        points: { show: false },
      },
    ],
  }
}

/** True while the browser prefers dark colours. */
function useScheme(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)')
    const change = () => setDark(media.matches)
    media.addEventListener('change', change)
    return () => media.removeEventListener('change', change)
  }, [])
  return dark
}

export function Chart({ times, values, label }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const dark = useScheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew for another scheme
  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = new uPlot(options(element), [[], []], element)
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [dark])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new drawing wants its figures too
  useEffect(() => plot.current?.setData([[...times], [...values]]), [times, values, dark])
  return <div ref={place} className="chart" role="img" aria-label={label} />
}
