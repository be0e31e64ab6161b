/** The console's base path: behind a reverse proxy it may be more than /. */

/** With a slash at either end; the server writes it into the page. */
export const basePath = (): string => document.querySelector<HTMLMetaElement>('meta[name="base"]')?.content ?? '/'

/** For the router, which wants no slash at the end. Whoever goes around the proxy sees the page at the root. */
export function routerBase(): string {
  const base = basePath()
  return location.pathname.startsWith(base) ? base.slice(0, -1) : ''
}
