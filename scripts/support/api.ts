/** The API as the scripts use it: JSON in, JSON out, any refusal an error with the API's own text. */

export interface Api {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  patch<T>(path: string, body: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
}

/** @param url of the server, without a slash at the end */
export function openApi(url: string): Api {
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(url + path, init)
    const answer = (await response.json()) as T & { error?: { code: string; message: string } }
    if (!response.ok) throw new Error(`${init.method} ${path}: ${answer.error?.code} ${answer.error?.message}`)
    return answer
  }
  const headers = { 'content-type': 'application/json' }
  const write =
    (method: string) =>
    <T>(path: string, body: unknown) =>
      call<T>(path, { method, headers, body: JSON.stringify(body) })
  return {
    get: (path) => call(path, { method: 'GET' }),
    post: write('POST'),
    patch: write('PATCH'),
    put: write('PUT'),
  }
}
