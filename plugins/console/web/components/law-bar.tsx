/** The law of recipients as a bar: every one of them is in exactly one of its parts. */
import type { CSSProperties } from 'react'
import { type Outcome, outcomes, type Stats } from '../api/types.ts'
import { count, percent } from '../text/format.ts'
import { RecipientsLink } from './recipients-link.tsx'

const share = (part: number, total: number) => ({ '--share': total > 0 ? part / total : 0 }) as CSSProperties

/** Recipients with an outcome. */
export const settled = ({ total, pending, sending }: Stats): number => total - pending - sending

export function LawBar({ stats }: { readonly stats: Stats }) {
  const there = outcomes.filter((name) => stats[name] > 0)
  const told = there.map((name) => `${count(stats[name])} ${name}`)
  return (
    <div className="law-bar" role="img" aria-label={told.length > 0 ? told.join(', ') : 'No recipients'}>
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
 * @param campaign its figures lead to its recipients; undefined: they are of several campaigns
 */
export function LawOfRecipients({ stats, campaign }: { readonly stats: Stats; readonly campaign?: number }) {
  return (
    <div className="law">
      <LawBar stats={stats} />
      <dl className="law-figures">
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
