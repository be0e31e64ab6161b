/** Requests to the API, which the console's own server passes on. */
import { basePath } from './base.ts'
import { apiKey, askForKey } from './keys.ts'

/** Refusal of the API, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: number
  /** Problems by field, if the API named fields. */
  readonly details: readonly { readonly path: string; readonly message: string }[]
  /** More that the API says of an error, such as what uses a segment. */
  readonly facts: Readonly<Record<string, unknown>>
  constructor(status: number, error: { code?: string; message?: string; details?: unknown } | undefined) {
    super(error?.message ?? `The API returned status ${status}`)
    this.status = status
    this.code = error?.code ?? 'UNKNOWN'
    this.details = Array.isArray(error?.details) ? error.details : []
    this.facts = typeof error?.details === 'object' && error.details !== null ? { ...error.details } : {}
  }
}

export interface Call {
  readonly body?: BodyInit
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** @throws ApiError; TypeError when nothing answers */
export async function send(method: string, path: string, { body, headers, signal }: Call = {}): Promise<Response> {
  for (;;) {
    const key = apiKey()
    const response = await fetch(`${basePath()}api${path}`, {
      method,
      headers: { ...headers, ...(key ? { authorization: `Bearer ${key}` } : {}) },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    })
    if (response.ok) return response
    if (response.status !== 401) throw await errorOf(response)
    await askForKey(key)
    signal?.throwIfAborted()
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const answer = await response.json().catch(() => undefined)
  return new ApiError(response.status, answer?.error)
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send('GET', path, { signal })).json()
}

export async function post<T>(path: string, body?: unknown): Promise<T> {
  return write('POST', path, body)
}

/** POST that only asks, and may be given up. */
export async function ask<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return (await send('POST', path, { body: JSON.stringify(body), headers, signal })).json()
}

export async function patch<T>(path: string, body: unknown): Promise<T> {
  return write('PATCH', path, body)
}

export const remove = (path: string): Promise<unknown> => send('DELETE', path)

export async function write<T>(method: string, path: string, body: unknown): Promise<T> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return (await send(method, path, json)).json()
}

/** `?a=1&b=2` of what is set. */
export function query(parameters: Readonly<Record<string, string | number | undefined | null>>): string {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return set.length > 0 ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : ''
}

/** Problem that the API names for a field; undefined if it names none. */
export const problemAt = (error: unknown, path: string): string | undefined =>
  error instanceof ApiError ? error.details.find((one) => one.path === path)?.message : undefined

/** An error as text for people. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) {
    const more = error.details.map(({ message }) => message).filter((message) => !error.message.includes(message))
    return [error.message, ...more].join('. ')
  }
  if (error instanceof TypeError)
    return 'The server does not respond. Check that it is running; this page keeps trying.'
  return error instanceof Error ? error.message : String(error)
}
