/** Calls of a server in a process of its own, for tests that look at refusals too. */

export interface Called {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
  readonly json: any
}

/** @param body makes it a POST */
export async function call(url: string, path: string, body?: unknown): Promise<Called> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url + path, body === undefined ? {} : init)
  return { status: response.status, json: await response.json() }
}

let nextPhone = 254_712_000_000
/** Each call adds another one. */
export const addCustomer = (url: string): Promise<Called> =>
  call(url, '/customers', { phone: `+${++nextPhone}`, first_name: 'x'.repeat(200) })

export const databaseHealth = async (url: string) => (await call(url, '/health')).json.checks.database
