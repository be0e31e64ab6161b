/**
 * Statements of the hot path: built, checked against the plugin's permissions and compiled once, then run many times
 * with new values. (Building a statement of five parts costs more than Postgres needs to run it.)
 */
import { type Compilable, CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'

/** Stands for a value that is given at each run; keys are the names in `P`. */
export type Param<P> = <K extends keyof P & string>(name: K) => RawBuilder<P[K]>

// biome-ignore lint/suspicious/noExplicitAny: whatever tables the transaction may see
export type Executor = Pick<Kysely<any>, 'executeQuery'>

class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** @returns runs a statement that is compiled, with other parameters each time, and answers its rows */
export function openRun<R>(
  compiled: CompiledQuery,
): (parameters: readonly unknown[], within: Executor) => Promise<R[]> {
  return async (parameters, within) => {
    // Not by `CompiledQuery.raw`, which freezes the parameters: JavaScriptCore makes a map of a frozen array.
    const { rows } = await within.executeQuery({ ...compiled, parameters } as CompiledQuery<R>)
    return rows
  }
}

/**
 * @param build makes the statement; `param('x')` takes the place of the value `x`. Give each one a type
 *   (`sql\`${param('ids')}::bigint[]\``) where Postgres cannot tell it from its place.
 * @returns runs the statement and answers its rows; in a transaction, where one of the same handle is given
 */
export function prepare<P extends object, R>(
  // biome-ignore lint/suspicious/noExplicitAny: only the executor is used, whatever tables the handle may see
  db: Kysely<any>,
  build: (param: Param<P>) => Compilable<R>,
): (values: P, within?: Executor) => Promise<R[]> {
  const compiled = build((name) => sql`${new Placeholder(name)}`).compile()
  const fixed = compiled.parameters
  const slots = fixed.map((value) => (value instanceof Placeholder ? value.name : undefined))
  // Only a plugin's handle looks at the tree of a statement when it runs; else it would stay in memory for nothing.
  const isChecked = db.getExecutor().plugins.length > 0
  const run = openRun<R>(isChecked ? compiled : CompiledQuery.raw(compiled.sql))
  return (values, within = db) => {
    const given = values as Record<string, unknown>
    return run(
      slots.map((name, at) => (name === undefined ? fixed[at] : given[name])),
      within,
    )
  }
}
