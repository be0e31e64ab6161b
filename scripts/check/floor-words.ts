/** Words of the domain, which the floor below it does not know: a host that names a campaign is no host for other work. */
import { type Finding, lineAt } from './finding.ts'

/** Rooms that know nothing of the domain. */
const layers = /^core\/(?:(?:host|config|db|queue|http)\/|errors\.ts)/

const words = /campaign|customer|recipient|provider|whats ?app|\bsms\b/gi

/** The product's own name, and names of libraries. */
const exceptions = /campaign[-_ ]dispatch|ConnectionProvider|MigrationProvider|\bprovider: new/gi

/** @param path from the project's folder, with slashes */
export function checkFloorWords(path: string, text: string): Finding[] {
  if (!layers.test(path)) return []
  const plain = text.replace(exceptions, (name) => ' '.repeat(name.length))
  return [...plain.matchAll(words)].map(({ 0: word, index }) => ({
    path,
    line: lineAt(text, index),
    message: `"${word}" is a word of the domain, which this room does not know`,
  }))
}
