/** The answer of an export: CSV that is sent while it is read. */
import { CSV_TYPE } from './write.ts'

/**
 * A failure of the first part is still answered as an error; one in the middle breaks the answer off, so that nobody takes a
 * part for the whole.
 * @param name of the file
 * @throws whatever reading the first part throws
 */
export async function answerCsv(name: string, parts: AsyncGenerator<string, void>): Promise<Response> {
  let first: IteratorResult<string, void> | undefined = await parts.next()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = first ?? (await parts.next())
      first = undefined
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: async () => void (await parts.return()),
  })
  const headers = { 'content-type': CSV_TYPE, 'content-disposition': `attachment; filename="${name}"` }
  return new Response(body, { headers: { ...headers, 'cache-control': 'no-store' } })
}
