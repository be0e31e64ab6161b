/** Calls of a server without a socket, for tests. */

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
  readonly json: any
}

/** @param body sent as JSON, or as it is where it is a string */
export function toRequest(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Request {
  const url = `http://localhost${path}`
  if (body === undefined) return new Request(url, { method, headers })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(url, { method, body: text, headers: { 'content-type': 'application/json', ...headers } })
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}
