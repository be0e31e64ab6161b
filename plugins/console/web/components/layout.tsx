/** The frame around every page. */
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { Icon, type IconName } from './icon.tsx'

const pages: readonly { readonly href: string; readonly title: string; readonly icon: IconName }[] = [
  { href: '/campaigns', title: 'Campaigns', icon: 'send' },
  { href: '/customers', title: 'Customers', icon: 'people' },
  { href: '/segments', title: 'Segments', icon: 'filter' },
  { href: '/senders', title: 'Senders', icon: 'phone' },
  { href: '/policies', title: 'Policies', icon: 'clock' },
  { href: '/operations', title: 'Operations', icon: 'pulse' },
]

export function Layout({ children }: { readonly children: ReactNode }) {
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address is a new page: read from its top on
  useEffect(() => {
    if (!first.current) {
      window.scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
    first.current = false
  }, [location])
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link href="/campaigns" className="brand">
          <Icon name="logo" />
          <span>Campaign dispatch</span>
        </Link>
        <nav aria-label="Pages" className="nav">
          {pages.map(({ href, title, icon }) => (
            <Link key={href} href={href} {...(location.startsWith(href) ? { 'aria-current': 'page' as const } : {})}>
              <Icon name={icon} />
              <span>{title}</span>
            </Link>
          ))}
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  )
}
