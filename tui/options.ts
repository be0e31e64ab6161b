/** Command-line options of the dashboard. Pure. */
import { parseArgs } from 'node:util'

export interface Options {
  readonly help: boolean
  /** Without a slash at the end. */
  readonly url: string
  readonly key: string | undefined
}

export interface Defaults {
  readonly url: string
  readonly key: string | undefined
}

export const usage = `npm run tui -- [--url http://localhost:8080] [--key KEY]

Shows a dashboard of a running server. In a pipe it prints one snapshot as JSON instead.

  --url   URL of the API; default: this machine, at PORT
  --key   one of the server's API_KEYS; default without --url: the first of the API_KEYS that are set here.
          Other users of this machine can see a key on the command line; without --key the dashboard asks for it.
  --help  prints this text

With NO_COLOR set it uses no colours. Press ? in it for its keys.`

/** @throws Error with one line for people */
export function readOptions(args: readonly string[], defaults: Defaults): Options {
  const { values } = parseStrictly(args)
  const url = (values.url ?? defaults.url).replace(/\/+$/, '')
  if (!URL.canParse(url) || !/^https?:\/\//.test(url))
    throw new Error(`--url ${url} is not allowed: expected an http:// or https:// URL, such as ${defaults.url}`)
  // The key of this machine's server is not sent to another.
  const key = values.key ?? (values.url === undefined ? defaults.key : undefined)
  return { help: values.help ?? false, url, key }
}

function parseStrictly(args: readonly string[]) {
  try {
    const options = { url: { type: 'string' }, key: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
    return parseArgs({ args: [...args], options, strict: true })
  } catch (error) {
    throw new Error(`${(error as Error).message.split('. ')[0]}. See --help`)
  }
}
