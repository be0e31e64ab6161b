/** The frame around every page. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Icon, type IconName } from './icon.tsx'

interface NavPage {
  readonly href: string
  readonly title: string
  readonly icon: IconName
}

const pages: readonly NavPage[] = [
  { href: '/campaigns', title: 'Campaigns', icon: 'send' },
  { href: '/customers', title: 'Customers', icon: 'people' },
  { href: '/inbox', title: 'Inbox', icon: 'inbox' },
  { href: '/senders', title: 'Senders', icon: 'phone' },
]
/** Pages for which a narrow window has no room: there a button shows them. */
const morePages: readonly NavPage[] = [
  { href: '/segments', title: 'Segments', icon: 'filter' },
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
          {pages.map((page) => (
            <NavLink key={page.href} page={page} location={location} />
          ))}
          <More location={location} />
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

function NavLink({ page: { href, title, icon }, location }: { readonly page: NavPage; readonly location: string }) {
  return (
    <Link href={href} {...(location.startsWith(href) ? { 'aria-current': 'page' as const } : {})}>
      <Icon name={icon} />
      <span>{title}</span>
    </Link>
  )
}

function More({ location }: { readonly location: string }) {
  const [openAt, setOpenAt] = useState<string>()
  // Another page closes it.
  const isOpen = openAt === location
  return (
    <>
      <button
        type="button"
        className="nav-more"
        aria-expanded={isOpen}
        {...(morePages.some(({ href }) => location.startsWith(href)) ? { 'data-current': true } : {})}
        onClick={() => setOpenAt(isOpen ? undefined : location)}
      >
        <Icon name="more" />
        <span>More</span>
      </button>
      <div className="nav-rest" data-open={isOpen}>
        {morePages.map((page) => (
          <NavLink key={page.href} page={page} location={location} />
        ))}
      </div>
    </>
  )
}
