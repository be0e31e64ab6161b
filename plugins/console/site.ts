/** The console's port: the page with all that it loads, and the API under /api. */
import type { Fetch, Site } from '../../core/host/plugin.ts'
import { openAssets, type Representation } from './assets.ts'
import type { BundledFile } from './bundle.ts'
import { forwardTo } from './forward.ts'
import type { ConsoleGrant } from './grant.ts'
import { pageHeaders } from './headers.ts'

const cannotBundle = 'The console cannot be bundled'

/** @param readFiles gives the page and its files, if not from disk or Bun's bundler */
export function openSite({ config, log }: ConsoleGrant, readFiles?: () => Promise<BundledFile[]>): Site {
  const forward = forwardTo(config.apiUrl, log)
  const base = basePath(config.url)
  const assets = openAssets({ country: config.country }, base, readFiles)
  return {
    title: 'Console',
    port: config.port,
    setting: 'CONSOLE_PORT',
    publicUrl: { setting: 'CONSOLE_URL', value: config.url },
    async prepare() {
      await assets.load().then(
        ({ size }) => log.debug({ files: size }, 'The console is bundled'),
        (error) => log.error({ err: error }, cannotBundle),
      )
    },
    async fetch(request: Request, api: Fetch) {
      const pathname = withoutBase(new URL(request.url).pathname, base)
      if (/^\/api(\/|$)/.test(pathname)) return forward(request, pathname.slice('/api'.length) || '/', api)
      if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET is allowed here')
      try {
        return answer(request, await assets.find(pathname))
      } catch (error) {
        log.error({ err: error }, cannotBundle)
        return plain(500, `${cannotBundle}: see the log`)
      }
    },
  }
}

/** Path of the public address, with a slash at either end. */
const basePath = (url: string | undefined): string => `${url ? new URL(url).pathname.replace(/\/+$/, '') : ''}/`

/** A reverse proxy may pass on the path with the base before it, or without. */
const withoutBase = (pathname: string, base: string): string =>
  pathname.startsWith(base) ? pathname.slice(base.length - 1) : pathname

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { ...pageHeaders, 'content-type': 'text/plain; charset=utf-8' } })
}

function answer(request: Request, file: Representation | undefined): Response {
  if (!file) return plain(404, 'There is nothing at this address')
  const { type, etag, lasting } = file
  const headers: Record<string, string> = {
    ...pageHeaders,
    'content-type': type,
    'cache-control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    etag,
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  const { encoding, bytes } = file.encoded(request.headers.get('accept-encoding') ?? '')
  if (encoding) headers['content-encoding'] = encoding
  headers['content-length'] = String(bytes.length)
  return new Response(request.method === 'HEAD' ? null : bytes, { headers })
}
