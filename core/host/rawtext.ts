/**
 * Tables that a raw SQL fragment names. A guard against slips, not a sandbox: it reads words, it does not parse SQL,
 * and a plugin that means to get around it can (a function that runs text, a comma in a raw FROM list).
 */
import type { OperationNode, RawNode } from 'kysely'

/** Stands for a table given as `sql.table(...)`: it is checked by name, as any other table. */
const TABLE = '@'
const VALUE = '$'
const NAME = '"name"'

/** Text that holds one of the words below without naming a table. */
const harmless = [
  /'(?:[^']|'')*'/g,
  /--[^\n]*|\/\*[\s\S]*?\*\//g,
  /\bdistinct\s+from\b/gi,
  /\b(?:extract|substring|overlay|trim)\s*\([^()]*?\bfrom\b/gi,
]
const reads = /\b(from|join|using|table)\s+(?:only\s+|lateral\s+)*([a-z_"][\w$."]*)\s*(\(?)/gi
const writes = /\b(into|update|delete|truncate)\s+(?:from\s+|only\s+|table\s+)*([a-z_"@][\w$."]*)/gi
const locks = /\bfor\s+(?:no\s+key\s+update|update|key\s+share|share)\b/i

/** The text of a fragment, with what was put into it reduced to a mark. */
function flatten(node: OperationNode): string {
  if (node.kind === 'TableNode') return TABLE
  if (node.kind === 'IdentifierNode' || node.kind === 'ReferenceNode' || node.kind === 'ColumnNode') return NAME
  if (node.kind !== 'RawNode') return VALUE
  const { sqlFragments, parameters } = node as RawNode
  return sqlFragments.map((text, i) => text + (parameters[i] ? flatten(parameters[i]) : '')).join('')
}

/** The reason to refuse a fragment; undefined if there is none. `source`: it stands where a table would, after FROM or JOIN. */
export function rawProblem(node: RawNode, source: boolean): string | undefined {
  let text = source ? `from ${flatten(node)}` : flatten(node)
  for (const pattern of harmless) text = text.replace(pattern, ' ')
  if (locks.test(text)) return 'it locks rows: use forUpdate() and its kin'
  // `do update` belongs to ON CONFLICT, whose table is the one that is inserted into.
  const write = text
    .replace(/\bdo\s+update\b/gi, ' ')
    .matchAll(writes)
    .next().value
  if (write) return `it writes after "${write[1]?.toLowerCase()}": use the query builder`
  for (const [, word, , call] of text.matchAll(reads))
    if (call !== '(') return `it names a table after "${word?.toLowerCase()}": use sql.table(...) or the query builder`
  return undefined
}
