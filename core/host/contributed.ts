/** Kinds of errors that plugins contribute to the API, and the faults of a set of them, with one line for each. */
import { type ErrorKind, errors } from '../errors.ts'
import type { AnyPlugin } from './plugin.ts'

const kindsOf = (plugin: AnyPlugin): readonly ErrorKind[] => Object.values(plugin.errors ?? {})

/** @param enabled names of the plugins that are switched on; default: all */
export function errorsOf(
  plugins: readonly AnyPlugin[],
  enabled: readonly string[] = plugins.map(({ name }) => name),
): ErrorKind[] {
  return [...new Set(plugins.filter(({ name }) => enabled.includes(name)).flatMap(kindsOf))]
}

/** Two plugins may share a code if they mean the same by it. */
export function errorProblems(plugins: readonly AnyPlugin[]): string[] {
  const known = new Map<string, { readonly owner: string; readonly kind: ErrorKind }>()
  const note = (owner: string, kind: ErrorKind): string[] => {
    const first = known.get(kind.code)
    if (!first) known.set(kind.code, { owner, kind })
    return first && !Bun.deepEquals(first.kind, kind) ? [clash(owner, kind, first)] : []
  }
  for (const kind of Object.values(errors)) note('the host', kind)
  return plugins.flatMap((plugin) => kindsOf(plugin).flatMap((kind) => note(`plugin "${plugin.name}"`, kind)))
}

function clash(owner: string, kind: ErrorKind, first: { readonly owner: string; readonly kind: ErrorKind }): string {
  const code = `Error ${kind.code} of ${owner}`
  return kind.status === first.kind.status
    ? `${code} has another example or other details than that of ${first.owner}`
    : `${code} has the status ${kind.status}; that of ${first.owner} has ${first.kind.status}`
}
