/** Ratios of the figures: shares of the floor, and multiples of the peers. Pure. */
import type { Figures } from './figures.ts'
import { growthSizes, isDurable, queues } from './keys.ts'
import { indexedKeys, ruleKeys } from './segment-rules.ts'

/** One number for each key: medians, and what is derived from them. A key whose parts were not measured is missing. */
export type Values = Readonly<Record<string, number>>

export function valuesOf(figures: Figures): Values {
  const values: Record<string, number> = {}
  for (const [key, { median }] of Object.entries(figures)) values[key] = median
  const put = (key: string, value: number | undefined) => {
    if (value !== undefined && !Number.isNaN(value)) values[key] = value
  }
  put('floor.rate', values['floor.2.rate'])
  const best = bestPeer(values)
  for (const queue of queues) {
    const rate = values[`ours.${queue}.2.rate`]
    put(`ours.${queue}.rate`, rate)
    put(`ours.${queue}.efficiency`, ratio(rate, values['floor.2.rate']))
    put(`ours.${queue}.1.efficiency`, ratio(values[`ours.${queue}.1.rate`], values['floor.1.rate']))
    put(`ours.${queue}.overBestPeer`, ratio(rate, best))
    put(`ours.${queue}.overControl`, ratio(rate, values['control.rate']))
    put(`ours.${queue}.overControlWindow`, ratio(rate, values['control.window.rate']))
    for (const [name, figure] of [
      ['time', 'rate'],
      ['memory', 'memory'],
    ] as const)
      put(
        `growth.${queue}.${name}.ratio`,
        spread(growthSizes.map((size) => values[`growth.${queue}.${size}.${figure}`])),
      )
  }
  const slowest = (keys: readonly string[]) => greatest(keys.map((key) => values[`segments.${key}.ms`]))
  put('segments.indexed.slowest', slowest(indexedKeys))
  put('segments.slowest', slowest(ruleKeys))
  put('audience.share', ratio(values['audience.queue.rate'], values['audience.insert.rate']))
  put('audience.cpu.share', ratio(values['audience.insert.cpu'], values['audience.queue.cpu']))
  put('send.ratio', ratio(values['send.ms'], values['send.insert.ms']))
  return values
}

function bestPeer(values: Values): number | undefined {
  const rates = Object.entries(values).flatMap(([key, value]) => {
    const name = /^peers\.(.+)\.rate$/.exec(key)?.[1]
    return name !== undefined && isDurable(name) ? [value] : []
  })
  return rates.length > 0 ? Math.max(...rates) : undefined
}

function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base
}

/** Undefined unless all are there. */
function greatest(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((one) => one !== undefined)
  return there.length === values.length ? Math.max(...there) : undefined
}

/** Greatest value divided by the least; undefined unless all are there. */
function spread(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((one) => one !== undefined)
  return there.length === values.length ? Math.max(...there) / Math.min(...there) : undefined
}
