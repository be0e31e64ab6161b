/** Reads server-sent events from a response, for tests. */

export interface ServerEvent {
  readonly event: string
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any event
  readonly data: any
}

export interface EventReader {
  /** The next block as it came: an event, a comment, or a hint to the browser; undefined at the end. */
  block(): Promise<string | undefined>
  /** The next event; comments and hints are passed over. Throws at the end. */
  next(): Promise<ServerEvent>
  close(): Promise<void>
}

export function readEvents(response: Response): EventReader {
  if (!response.body) throw new Error('Cannot read events: the answer has no body')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const lines = text.slice(0, end)
        text = text.slice(end + 2)
        return lines
      }
      const { done, value } = await reader.read()
      if (done) return undefined
      text += value
    }
  }
  return {
    block,
    next: async () => {
      for (;;) {
        const lines = await block()
        if (lines === undefined) throw new Error('The stream has ended')
        const fields = Object.fromEntries(lines.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
        if (fields.data !== undefined) return { event: fields.event, id: fields.id, data: JSON.parse(fields.data) }
      }
    },
    close: () => reader.cancel(),
  }
}
