/** Bytes that are read before others get their turn: some 3 ms of work. A request takes several turns, one for each slice. */
const SLICE = 4 * 1024

/**
 * Cuts a stream into parts that take little time each.
 * @param pause lets whatever else is waiting have its turn
 */
export async function* inSlices(
  chunks: AsyncIterable<Uint8Array>,
  pause: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  let read = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.subarray(at, at + SLICE)
      yield slice
      read += slice.length
      if (read < SLICE) continue
      read = 0
      await pause()
    }
  }
}
