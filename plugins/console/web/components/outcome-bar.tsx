/** Recipients by outcome: a bar in which each of them is in exactly one part, and the figures below it. */
import type { CSSProperties } from 'react'
import { type Outcome, outcomes, type Stats } from '../api/types.ts'
import { count, percent } from '../text/format.ts'
import { RecipientsLink } from './recipients-link.tsx'

const share = (part: number, total: number) => ({ '--share': total > 0 ? part / total : 0 }) as CSSProperties

/** Recipients with an outcome. */
export const doneOf = ({ total, pending, sending }: Stats): number => total - pending - sending

export function OutcomeBar({ stats }: { readonly stats: Stats }) {
  const there = outcomes.filter((name) => stats[name] > 0)
  const parts = there.map((name) => `${count(stats[name])} ${name}`)
  return (
    <div className="outcome-bar" role="img" aria-label={parts.length > 0 ? parts.join(', ') : 'No recipients'}>
      {there.map((name) => (
        <span key={name} className={`part part-${name}`} style={share(stats[name], stats.total)} />
      ))}
    </div>
  )
}

interface FigureProps {
  readonly name: Outcome
  readonly value: number
  readonly campaign: number | undefined
}

function Figure({ name, value, campaign }: FigureProps) {
  const figure = <span data-outcome={name}>{count(value)}</span>
  if (campaign === undefined || value === 0) return figure
  return (
    <RecipientsLink id={campaign} status={name}>
      {figure}
    </RecipientsLink>
  )
}

/**
 * The bar with every figure beneath it.
 * @param campaign whose recipients the figures link to; undefined for figures of several campaigns
 */
export function OutcomeFigures({ stats, campaign }: { readonly stats: Stats; readonly campaign?: number }) {
  return (
    <div className="outcomes">
      <OutcomeBar stats={stats} />
      <dl className="outcome-figures">
        {outcomes.map((name) => (
          <div key={name}>
            <dt>
              <span className={`dot part-${name}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              <Figure name={name} value={stats[name]} campaign={campaign} />{' '}
              <small>{percent(stats[name], stats.total)}</small>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
