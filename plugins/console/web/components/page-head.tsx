/** Head of a page that belongs to a list: the way back to it, the title, and actions beside it. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'

interface PageHeadProps {
  /** Address and name of the list. */
  readonly list: readonly [href: string, name: string]
  readonly title: string
  /** Line below the title. */
  readonly meta?: ReactNode
  readonly children?: ReactNode
}

export function PageHead({ list: [href, name], title, meta, children }: PageHeadProps) {
  return (
    <div className="page-head">
      <div>
        <p className="crumb">
          <Link href={href}>{name}</Link>
        </p>
        <h1>{title}</h1>
        {meta && <p className="meta">{meta}</p>}
      </div>
      {children}
    </div>
  )
}
