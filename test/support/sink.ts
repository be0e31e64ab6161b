/** A stream that keeps what is written to it. */
import { Writable } from 'node:stream'

export interface Sink {
  readonly to: Writable
  /** So far. */
  written(): string
}

export function openSink(): Sink {
  let text = ''
  const to = new Writable({
    write: (part, _, done) => {
      text += part
      done()
    },
  })
  return { to, written: () => text }
}
