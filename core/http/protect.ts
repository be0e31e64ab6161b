/** Headers that every answer carries unless its route says otherwise: personal data is kept by nobody, shown in no frame. */

const defaults: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** Adds what is missing to the answer itself. */
export function protect(response: Response): Response {
  for (const [name, value] of Object.entries(defaults))
    if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}
