/** Without keys whoever reaches the port may do everything, so a site is then served under names of this machine only. */
import type { Fetch } from '../plugin.ts'

const here = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Refuses requests under any other name: a page from elsewhere, whose own name was made to lead here (DNS rebinding),
 * counts as this site to the browser.
 */
export function localOnly(fetch: Fetch): Fetch {
  return (request) => {
    if (here.test(new URL(request.url).hostname)) return fetch(request)
    return new Response('Without API_KEYS this is served under localhost only\n', { status: 403 })
  }
}
