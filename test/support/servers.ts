/** Knows every HTTP server of this process and who started it, so that one that a test forgets does not stay unseen. */

const open = new Map<object, string>()
const serve = Bun.serve

Object.assign(Bun, {
  serve: (...args: Parameters<typeof serve>) => {
    const server = serve(...args)
    const caller = new Error().stack?.split('\n').find((line) => /\/test\/.*\.test\.tsx?/.test(line))
    open.set(server, `${server.url} ${caller?.trim() ?? ''}`)
    const stop = server.stop.bind(server)
    server.stop = (...how) => {
      open.delete(server)
      return stop(...how)
    }
    return server
  },
})

/** The address of each, and the line of the test that started it. */
export function openServers(): string[] {
  return [...open.values()]
}
