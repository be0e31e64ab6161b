/** Statements that stand in files of their own, with the variables of psql as parameters: they can be pasted into it. */
import { readFileSync } from 'node:fs'
import { CompiledQuery, type Kysely } from 'kysely'
import { type Executor, openRun } from './prepare.ts'

export interface SqlText {
  /** With `$1`, `$2`, ... for the parameters. */
  readonly text: string
  /** The names of the parameters, in the order of their numbers. */
  readonly names: readonly string[]
}

/** Parts of a statement that hold no parameter: strings, quoted names, blanks with comments, casts. */
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+|::|:([a-z_][a-z0-9_]*)/g

/**
 * Numbers the parameters of a statement. Comments, psql's own commands (lines that begin with a backslash) and the semicolon
 * at the end are left out, and each run of blanks is one: the driver hashes the text of a statement each time that it runs.
 * @param source SQL with parameters as `:name`, each as often as it is needed
 */
export function readSql(source: string): SqlText {
  const names: string[] = []
  const text = source.replace(/^\\.*$/gm, '').replace(token, (part: string, name: string | undefined) => {
    if (name === undefined) return /^(\s|--|\/\*)/.test(part) ? ' ' : part
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text: text.replace(/;\s*$/, '').trim(), names }
}

export const readSqlFile = (url: URL): string => readFileSync(url, 'utf8')

/**
 * Prepares a statement of a file.
 * @param source as `readSql` takes it
 * @returns runs it with the values by the parameters' names, and answers its rows; in a transaction, where one of the same
 *   handle is given
 */
export function prepareSql<P extends object, R>(
  // biome-ignore lint/suspicious/noExplicitAny: only the executor is used, whatever tables the handle may see
  db: Kysely<any>,
  source: string,
): (values: P, within?: Executor) => Promise<R[]> {
  const { text, names } = readSql(source)
  const run = openRun<R>(CompiledQuery.raw(text))
  return (values, within = db) => {
    const given = values as Readonly<Record<string, unknown>>
    return run(
      names.map((name) => given[name]),
      within,
    )
  }
}
