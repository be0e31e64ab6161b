/** Client of the API for the dashboard: typed by the plugins themselves; every failure is returned as a value. */
import { treaty } from '@elysiajs/eden'
import type { Api } from '../plugins/index.ts'
import type { Snapshot } from '../plugins/stats/snapshot.ts'

/** A call that takes longer counts as lost. */
const TIME_LIMIT_MS = 30_000

export type Failure =
  /** No response: the server or the connection to it is down. */
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** The plugin for this call does not run in that process. */
  | { readonly kind: 'absent'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }

export type Result<T> = { readonly ok: true; readonly data: T } | ({ readonly ok: false } & Failure)

/** Result of any call of the Eden client. */
interface Answer<T> {
  readonly data: T | null
  readonly error: unknown
  readonly status: number
}

export function openClient(url: string, key: string | undefined) {
  const timed = (input: RequestInfo | URL, init?: RequestInit) =>
    fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(TIME_LIMIT_MS) })
  return treaty<Api>(url, {
    headers: authorization(key),
    parseDate: false,
    fetcher: timed as typeof fetch,
  })
}

export type Client = ReturnType<typeof openClient>

export const authorization = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

/** Never rejects. */
export async function call<T>(ask: () => Promise<Answer<T>>): Promise<Result<T>> {
  try {
    const { data, error, status } = await ask()
    if (error === null || error === undefined) return { ok: true, data: data as T }
    return { ok: false, ...failureOf(status, error) }
  } catch (error) {
    return { ok: false, kind: 'lost', message: reasonOf(error) }
  }
}

function failureOf(status: number, error: unknown): Failure {
  const { value } = error as { value?: { error?: { code?: string; message?: string } } }
  // The client reports a missing response as one with status 503.
  if (value instanceof Error) return { kind: 'lost', message: reasonOf(value) }
  const { code, message = `The server responded with status ${status}` } = value?.error ?? {}
  if (code === undefined && !(status >= 400 && status < 600)) return { kind: 'lost', message: reasonOf(error) }
  return failureFrom(status, code, message)
}

/** Failure in the API's own words. */
export function failureFrom(status: number, code: string | undefined, message: string): Failure {
  if (status === 401) return { kind: 'unauthorized', message }
  return { kind: code === 'NOT_FOUND' ? 'absent' : 'refused', message }
}

/** Reason why there was no response, in a few words. */
export function reasonOf(error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  if (code === 'ConnectionRefused' || code === 'ECONNREFUSED') return 'connection refused'
  if (name === 'TimeoutError') return `no response within ${TIME_LIMIT_MS / 1000} s`
  return code ?? message ?? 'no response'
}

/** A single snapshot, for use without the dashboard. */
export const takeSnapshot = (client: Client): Promise<Result<Snapshot>> => call(() => client.stats.get())
