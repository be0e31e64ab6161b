/**
 * The run-time half of a plugin's database grant: a query may touch the tables that the plugin named and nothing else.
 * The types say it first; this says it again to code that went around them.
 */
import type { Kysely, KyselyPlugin, OperationNode, QueryExecutor } from 'kysely'
import { Refused, type Touch, touched } from './touched.ts'

export interface Tables {
  readonly read?: readonly string[]
  readonly write?: readonly string[]
  /** Besides, every table whose name begins so, but for those in `reserved`. */
  readonly own?: { readonly prefix: string; readonly reserved: readonly string[] } | undefined
}
type Check = (node: OperationNode) => void

const queries = new Set(['SelectQueryNode', 'InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])

/** Throws for a query that `plugin` may not run. A query that passed is not looked at again. */
function checker(plugin: string, may: Tables): Check {
  const write = new Set(may.write)
  const read = new Set([...write, ...(may.read ?? [])])
  const passed = new WeakSet<OperationNode>()
  const isOwn = (table: string) =>
    may.own !== undefined && table.startsWith(may.own.prefix) && !may.own.reserved.includes(table)
  const allows = ({ use, table }: Touch) => (use === 'read' ? read : write).has(table) || isOwn(table)
  return (node) => {
    if (passed.has(node)) return
    if (!queries.has(node.kind))
      throw new Refused(`Cannot run ${node.kind}: plugin "${plugin}" may only query its tables`)
    const bad = touched(node).find((touch) => !allows(touch))
    if (bad) throw new Refused(`Cannot ${bad.use} table "${bad.table}": plugin "${plugin}" was not granted it`)
    passed.add(node)
  }
}

function plugged(check: Check): KyselyPlugin {
  return {
    transformQuery({ node }) {
      check(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

/** Refuses queries that `plugin` was not granted as they are built. */
export const permit = (plugin: string, may: Tables): KyselyPlugin => plugged(checker(plugin, may))

const derived = ['withPlugin', 'withPlugins', 'withPluginAtFront', 'withConnectionProvider', 'withoutPlugins'] as const

/**
 * Checks again when a query runs: Kysely does not show its plugins a query that comes compiled, and `withoutPlugins()`
 * sheds them. Everything derived from the executor (transactions, connections) is sealed as well.
 */
function seal(executor: QueryExecutor, check: Check): QueryExecutor {
  const run = executor.executeQuery.bind(executor)
  const stream = executor.stream.bind(executor)
  executor.executeQuery = async (query, options) => {
    check(query.query)
    return run(query, options)
  }
  executor.stream = (query, size, options) => {
    check(query.query)
    return stream(query, size, options)
  }
  for (const name of derived) {
    const derive = (executor[name] as (...args: unknown[]) => QueryExecutor).bind(executor)
    Object.assign(executor, { [name]: (...args: unknown[]) => seal(derive(...args), check) })
  }
  return executor
}

/** The shared database as `plugin` may use it. It cannot be closed: that is for whoever opened it. */
export function guard<DB>(shared: Kysely<DB>, plugin: string, may: Tables): Kysely<DB> {
  const check = checker(plugin, may)
  const db = shared.withPlugin(plugged(check))
  seal(db.getExecutor(), check)
  const destroy = () => Promise.reject(new Refused(`Cannot close the database: plugin "${plugin}" does not own it`))
  return Object.defineProperty(db, 'destroy', { value: destroy })
}
