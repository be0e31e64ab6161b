/**
 * The real tables that a query reads, writes or locks. Walks Kysely's operation nodes, with the names of common table
 * expressions in the scope in which Postgres sees them: a CTE never hides a table outside its own query.
 */
import type {
  CommonTableExpressionNode,
  OperationNode,
  RawNode,
  SelectModifierNode,
  SelectQueryNode,
  TableNode,
  WithNode,
} from 'kysely'
import { rawProblem } from './rawtext.ts'

export type Use = 'read' | 'write' | 'lock'
export interface Touch {
  readonly use: Use
  readonly table: string
}
/** A query that may not run, whatever was granted. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

type Scope = ReadonlySet<string>
type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (node: OperationNode) => node as unknown as Fields

const isNode = (value: unknown): value is OperationNode =>
  typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'

/** A node's direct children. Values are what callers sent, so they are never walked. */
function children(node: OperationNode, except: readonly string[] = []): OperationNode[] {
  if (node.kind === 'ValueNode' || node.kind === 'PrimitiveValueListNode') return []
  const fields = Object.entries(node).filter(([key]) => !except.includes(key))
  return fields.flatMap(([, value]) => (Array.isArray(value) ? value : [value])).filter(isNode)
}

/** Items in a FROM, JOIN, USING or target position: each item without lists and aliases around it. */
function sources(
  node: OperationNode | undefined,
): { readonly item: OperationNode; readonly alias: string | undefined }[] {
  if (!node) return []
  const { kind } = node
  if (kind === 'FromNode' || kind === 'UsingNode' || kind === 'ListNode') return children(node).flatMap(sources)
  if (kind === 'JoinNode') return sources(fieldsOf(node).table as OperationNode)
  if (kind !== 'AliasNode') return [{ item: node, alias: kind === 'TableNode' ? nameOf(node as TableNode) : undefined }]
  const { node: inner, alias } = fieldsOf(node) as { node: OperationNode; alias: Fields }
  return sources(inner).map(({ item }) => ({ item, alias: typeof alias.name === 'string' ? alias.name : undefined }))
}

function nameOf({ table: { schema, identifier } }: TableNode): string {
  if (schema && schema.name !== 'public') throw new Refused(`Cannot use table "${schema.name}.${identifier.name}"`)
  return identifier.name
}

/** The property in which each kind of query keeps the table that it changes. */
const targetField: Readonly<Record<string, string>> = {
  InsertQueryNode: 'into',
  UpdateQueryNode: 'table',
  DeleteQueryNode: 'from',
  MergeQueryNode: 'into',
}
const sourceFields = ['from', 'using', 'joins', 'table']

class Walk {
  readonly touches: Touch[] = []

  visit(node: OperationNode, scope: Scope): void {
    if (node.kind === 'RawNode') this.#refuseRaw(node as RawNode, false)
    // A column's qualifier and a whole row (`to_json(c)`) name something that FROM already holds.
    if (node.kind === 'ReferenceNode') return
    if (node.kind === 'TableNode') this.#touch('read', node as TableNode, scope)
    if (node.kind.endsWith('QueryNode')) this.#query(node, scope)
    else this.#children(node, scope)
  }

  #children(node: OperationNode, scope: Scope): void {
    const rows = node.kind === 'FunctionNode' || node.kind === 'AggregateFunctionNode'
    for (const child of children(node)) if (!(rows && child.kind === 'TableNode')) this.visit(child, scope)
  }

  #query(node: OperationNode, outer: Scope): void {
    const fields = fieldsOf(node)
    const scope = this.#with(fields.with as WithNode | undefined, outer)
    const target = targetField[node.kind]
    if (target) this.#write(fields[target] as OperationNode | undefined)
    for (const field of sourceFields.filter((field) => field !== target))
      for (const { item } of [fields[field]].flat().filter(isNode).flatMap(sources))
        if (item.kind === 'RawNode') this.#refuseRaw(item as RawNode, true)
    if (node.kind === 'SelectQueryNode') this.#locks(node as SelectQueryNode, scope)
    for (const child of children(node, target ? ['with', target] : ['with', 'endModifiers'])) this.visit(child, scope)
  }

  /** The scope inside a query with these expressions; each sees those before it, or all of them if recursive. */
  #with(node: WithNode | undefined, outer: Scope): Scope {
    const scope = new Set(outer)
    const name = (cte: CommonTableExpressionNode) => cte.name.table.table.identifier.name
    if (node?.recursive) for (const cte of node.expressions) scope.add(name(cte))
    for (const cte of node?.expressions ?? []) {
      this.visit(cte.expression, new Set(scope))
      scope.add(name(cte))
    }
    return scope
  }

  /** `for update` locks every table that FROM holds, in nested queries too, or those after `of`. */
  #locks(select: SelectQueryNode, scope: Scope): void {
    for (const modifier of select.endModifiers ?? []) {
      if (modifier.rawModifier) this.visit(modifier.rawModifier, scope)
      if (modifier.modifier?.startsWith('For')) this.#lock(select, modifier.of, scope)
    }
  }

  #lock(select: SelectQueryNode, of: SelectModifierNode['of'], scope: Scope): void {
    const locked = of?.map((node) => (node.kind === 'TableNode' ? nameOf(node as TableNode) : undefined))
    for (const { item, alias } of [select.from, ...(select.joins ?? [])].flatMap(sources))
      if (!locked || locked.includes(alias)) this.#lockItem(item, scope)
  }

  #lockItem(item: OperationNode, scope: Scope): void {
    if (item.kind === 'TableNode') this.#touch('lock', item as TableNode, scope)
    else if (item.kind !== 'SelectQueryNode') for (const child of children(item)) this.#lockItem(child, scope)
    else this.#lock(item as SelectQueryNode, undefined, this.#with((item as SelectQueryNode).with, scope))
  }

  #write(target: OperationNode | undefined): void {
    for (const { item } of sources(target)) {
      if (item.kind !== 'TableNode')
        throw new Refused('Cannot write to anything but a table named in the query builder')
      // Postgres never takes a CTE for a target, so no scope hides the table.
      this.#touch('write', item as TableNode, new Set())
    }
  }

  #touch(use: Use, node: TableNode, scope: Scope): void {
    if (!this.#isCte(node, scope)) this.touches.push({ use, table: nameOf(node) })
  }

  #isCte(node: TableNode, scope: Scope): boolean {
    return !node.table.schema && scope.has(node.table.identifier.name)
  }

  #refuseRaw(node: RawNode, source: boolean): void {
    const problem = rawProblem(node, source)
    if (problem)
      throw new Refused(`Cannot run raw SQL "${node.sqlFragments.join('?').trim().slice(0, 60)}": ${problem}`)
  }
}

/** Throws `Refused` for a query that no grant allows. */
export function touched(node: OperationNode): readonly Touch[] {
  const walk = new Walk()
  walk.visit(node, new Set())
  return walk.touches
}
