/**
 * Signature of what Twilio posts: HMAC-SHA1 under the auth token over the address that it called and the form's fields. It
 * holds no time, so a post that comes again is recognised by what it says.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'node:querystring'

export interface Signed {
  readonly authToken: string
  /** As Twilio called it, without its fragment. */
  readonly url: string
  readonly body: Uint8Array
  /** `X-Twilio-Signature`. */
  readonly signature: string | null
}

/** @returns true when the signature is that of one of the forms in which Twilio may have written the address */
export function isSigned({ authToken, url, body, signature }: Signed): boolean {
  const parsed = URL.parse(url)
  if (!signature || !parsed) return false
  const hash = parsed.searchParams.get('bodySHA256')
  // A JSON body is not a list of fields: the address holds its hash, and only the address is signed.
  if (hash && !equal(hash, createHash('sha256').update(body).digest('hex'))) return false
  const fields = hash ? '' : fieldsOf(body)
  const expected = (address: string) =>
    createHmac('sha1', authToken).update(`${address}${fields}`, 'utf8').digest('base64')
  return [...addresses(url, parsed)].some((address) => equal(signature, expected(address)))
}

/** Each field's name and value, sorted by names; a field that comes several times with its different values, sorted. */
function fieldsOf(body: Uint8Array): string {
  const fields = new Map<string, Set<string>>()
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body)))
    fields.set(name, (fields.get(name) ?? new Set()).add(value))
  return [...fields.keys()]
    .sort()
    .flatMap((name) => [...(fields.get(name) ?? [])].sort().map((value) => `${name}${value}`))
    .join('')
}

/**
 * The address as it was called, with and without its port (a proxy may have added or dropped it); the same as `URL` writes
 * it; and that with the query written anew, as Twilio has signed quotes and the like in another form than it sent them.
 */
function addresses(url: string, parsed: URL): Set<string> {
  const written = [withoutPort(parsed.href), withPort(parsed.href)]
  return new Set([withoutPort(url), withPort(url), ...written, ...written.map(legacyQuery)])
}

/** Scheme with user, host, port, the rest. `URL` will not do: it drops a scheme's own port, and escapes what was not. */
const ADDRESS = /^(https?:\/\/(?:[^/?#]*@)?)(\[[^\]]*\]|[^/?#:@]*)(:[^/?#]*)?(.*)$/is

const withoutPort = (url: string) => url.replace(ADDRESS, '$1$2$4')

function withPort(url: string): string {
  const [, scheme = '', host = '', port = '', rest = ''] = ADDRESS.exec(url) ?? []
  const own = /^https:/i.test(scheme) ? ':443' : ':80'
  return port || !scheme ? url : `${scheme}${host}${own}${rest}`
}

function legacyQuery(address: string): string {
  const at = address.indexOf('?')
  return at < 0 ? address : `${address.slice(0, at)}?${stringify(parse(address.slice(at + 1)))}`
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
