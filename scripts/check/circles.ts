/** Circles of imports: a file that imports, by whatever way, a file that imports it. Types count, as values do. */
import { posix } from 'node:path'
import { type Finding, lineAt } from './finding.ts'
import { importsOf } from './imports.ts'

/** Folders that no circle may lie in. */
const checked = /^(?:core|plugins|tui)\//

interface Edge {
  readonly to: string
  readonly line: number
}

function edgesOf(path: string, text: string): Edge[] {
  return [...importsOf(text)]
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target, index }) => ({
      to: posix.join(posix.dirname(path), target),
      line: lineAt(text, text.slice(index).search(/\S/) + index),
    }))
}

/**
 * Each import that closes a circle is found once, in the order of paths.
 * @param files text by path, from the project's folder, with slashes
 */
export function checkCircles(files: ReadonlyMap<string, string>): Finding[] {
  const edges = new Map(
    [...files].filter(([path]) => checked.test(path)).map(([path, text]) => [path, edgesOf(path, text)]),
  )
  const findings: Finding[] = []
  const done = new Set<string>()
  const way: string[] = []
  const visit = (path: string): void => {
    way.push(path)
    for (const { to, line } of edges.get(path) ?? []) {
      const start = way.indexOf(to)
      if (start >= 0) {
        const circle = [...way.slice(start), to].join(' -> ')
        findings.push({ path, line, message: `imports go in a circle: ${circle}` })
      } else if (!done.has(to)) visit(to)
    }
    way.pop()
    done.add(path)
  }
  for (const path of [...edges.keys()].sort()) if (!done.has(path)) visit(path)
  return findings
}
