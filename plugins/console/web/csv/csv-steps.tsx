/** Steps of an import: choosing the file, matching its columns to fields, and checking its rows. */
import { useEffect, useRef, useState } from 'react'
import { sameField } from '../../../../core/messaging/contacts/csv/choose.ts'
import type { Columns } from '../../../../core/messaging/contacts/csv/columns.ts'
import { Problem } from '../components/states.tsx'
import { useConfig } from '../hooks/use-config.ts'
import { type Checked, openChecker } from './check.ts'
import { CheckedRows } from './checked-rows.tsx'
import { FileChoice } from './file-choice.tsx'
import { MappingTable } from './mapping-table.tsx'
import { readRows, readTable, type Table } from './read-file.ts'

interface Chosen {
  readonly file: File
  readonly table: Table
}

/** @param onChecked called with undefined while no row can be imported */
export function CsvSteps({ onChecked }: { readonly onChecked: (checked: Checked | undefined) => void }) {
  const [file, setFile] = useState<File>()
  const [chosen, setChosen] = useState<Chosen>()
  const [columns, setColumns] = useState<Columns>([])
  const [problem, setProblem] = useState<string>()
  const latest = useRef<File>(undefined)
  const choose = async (next: File) => {
    latest.current = next
    setFile(next)
    setProblem(undefined)
    setChosen(undefined)
    onChecked(undefined)
    try {
      const table = await readTable(next)
      if (latest.current !== next) return
      setColumns(table.guess.columns)
      setChosen({ file: next, table })
    } catch (error) {
      if (latest.current === next) setProblem(reasonOf(error))
    }
  }
  const question = chosen && questionOf(chosen.table, columns)
  return (
    <div className="steps">
      <FileChoice name={file?.name} onChoose={(next) => void choose(next)} />
      <Problem>{problem}</Problem>
      {chosen && <MappingTable table={chosen.table} columns={columns} onChange={setColumns} />}
      <Problem>{question}</Problem>
      {chosen && !question && <Check {...chosen} columns={columns} onChecked={onChecked} />}
    </div>
  )
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : 'The file cannot be read')

/** @returns the question that only a person can answer, or undefined */
function questionOf({ names, guess }: Table, columns: Columns): string | undefined {
  const open = guess.doubled.find(({ field }) => !columns.includes(field))
  if (open) return `${sameField(names, open.field, open.places)}, or choose one of them above.`
  return columns.includes('phone') ? undefined : 'Choose the column with the phone number: it identifies each customer.'
}

interface CheckProps extends Chosen {
  readonly columns: Columns
  readonly onChecked: (checked: Checked | undefined) => void
}

function Check({ file, table, columns, onChecked }: CheckProps) {
  const country = useConfig()?.country
  const [checked, setChecked] = useState<Checked>()
  const [problem, setProblem] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file or choice of columns is checked anew, and nothing else is
  useEffect(() => {
    if (!country) return
    let over = false
    const checker = openChecker(country)
    setChecked(undefined)
    setProblem(undefined)
    onChecked(undefined)
    const add: Parameters<typeof readRows>[2] = (rows) => {
      if (!over) checker.add(rows)
      return !over
    }
    readRows(file, () => columns, add).then(
      (encoding) => {
        if (over) return
        const result = { fileName: file.name, names: table.names, encoding, ...checker.result() }
        setChecked(result)
        onChecked(result.rows.size > 0 ? result : undefined)
      },
      (error) => over || setProblem(reasonOf(error)),
    )
    return () => {
      over = true
    }
  }, [file, columns, country])
  if (problem) return <Problem>{problem}</Problem>
  return checked ? <CheckedRows checked={checked} /> : <p role="status">Checking every row…</p>
}
