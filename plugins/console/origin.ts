/**
 * Requests that a page of another site makes in the name of whoever has the console open. On this machine the API may need
 * no key, so the browser's word for where a request comes from keeps such pages out.
 */
export function isForeign({ headers, url }: Request): boolean {
  const { host } = new URL(url)
  const site = headers.get('sec-fetch-site')
  // A link from elsewhere may lead to the page.
  if (site && site !== 'same-origin' && site !== 'none') return headers.get('sec-fetch-mode') !== 'navigate'
  const origin = headers.get('origin')
  // Behind what ends TLS the page is at https.
  return origin !== null && origin !== `http://${host}` && origin !== `https://${host}`
}
