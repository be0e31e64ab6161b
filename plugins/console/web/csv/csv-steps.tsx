/** Steps of an import: choosing the file, matching its columns to fields and attributes, and checking its rows. */
import { useEffect, useRef, useState } from 'react'
import type { AttributeTypes } from '../../../../core/messaging/contacts/attributes.ts'
import { sameField } from '../../../../core/messaging/contacts/csv/choose.ts'
import type { ImportGuess } from '../../../../core/messaging/contacts/csv/columns.ts'
import { get } from '../api/client.ts'
import type { Attribute } from '../api/types.ts'
import { Problem } from '../components/states.tsx'
import { useConfig } from '../hooks/use-config.ts'
import { type Checked, openChecker } from './check.ts'
import { CheckedRows } from './checked-rows.tsx'
import { FileChoice } from './file-choice.tsx'
import { columnsOf, guessMapping, type Mapping, nameProblem, newAttributes, typesOf } from './mapping.ts'
import { MappingTable } from './mapping-table.tsx'
import { readRows, readTable, type Table } from './read-file.ts'

interface Chosen {
  readonly file: File
  readonly table: Table
  /** Declared when the file was chosen. */
  readonly attributes: AttributeTypes
  readonly guess: ImportGuess
}

/** @param onChecked called with undefined while no row can be imported */
export function CsvSteps({ onChecked }: { readonly onChecked: (checked: Checked | undefined) => void }) {
  const [file, setFile] = useState<File>()
  const [chosen, setChosen] = useState<Chosen>()
  const [mapping, setMapping] = useState<Mapping>([])
  const [problem, setProblem] = useState<string>()
  const latest = useRef<File>(undefined)
  const choose = async (next: File) => {
    latest.current = next
    setFile(next)
    setProblem(undefined)
    setChosen(undefined)
    onChecked(undefined)
    try {
      const [table, attributes] = await Promise.all([readTable(next), findTypes()])
      if (latest.current !== next) return
      const guess = guessMapping(table.names, attributes)
      setMapping(guess.columns)
      setChosen({ file: next, table, attributes, guess })
    } catch (error) {
      if (latest.current === next) setProblem(reasonOf(error))
    }
  }
  const question = chosen && questionOf(chosen, mapping)
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that were checked before the question arose are not imported
  useEffect(() => {
    if (question) onChecked(undefined)
  }, [question])
  return (
    <div className="steps">
      <FileChoice name={file?.name} onChoose={(next) => void choose(next)} />
      <Problem>{problem}</Problem>
      {chosen && (
        <MappingTable table={chosen.table} attributes={chosen.attributes} mapping={mapping} onChange={setMapping} />
      )}
      <Problem>{question}</Problem>
      {chosen && !question && <Check {...chosen} mapping={mapping} onChecked={onChecked} />}
    </div>
  )
}

async function findTypes(): Promise<AttributeTypes> {
  const { data } = await get<{ readonly data: readonly Attribute[] }>('/attributes')
  return new Map(data.map(({ name, type }) => [name, type]))
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : 'The file cannot be read')

/** @returns the question that only a person can answer, or undefined */
function questionOf({ table: { names }, attributes, guess }: Chosen, mapping: Mapping): string | undefined {
  const open = guess.doubled.find(({ field }) => !mapping.includes(field))
  if (open) return `${sameField(names, open.field, open.places)}, or choose one of them above.`
  if (mapping.some((_, nth) => nameProblem(mapping, nth, attributes))) return 'Correct the names of the new attributes.'
  return mapping.includes('phone') ? undefined : 'Choose the column with the phone number: it identifies each customer.'
}

interface CheckProps extends Chosen {
  readonly mapping: Mapping
  readonly onChecked: (checked: Checked | undefined) => void
}

function Check({ file, table, attributes, mapping, onChecked }: CheckProps) {
  const country = useConfig()?.country
  const [checked, setChecked] = useState<Checked>()
  const [problem, setProblem] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file or choice of columns is checked anew, and nothing else is
  useEffect(() => {
    if (!country) return
    let over = false
    const columns = columnsOf(mapping)
    const checker = openChecker(country, typesOf(mapping, attributes))
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
        const taken = { columns, added: newAttributes(mapping) }
        const result = { fileName: file.name, names: table.names, encoding, ...taken, ...checker.result() }
        setChecked(result)
        onChecked(result.rows.size > 0 ? result : undefined)
      },
      (error) => over || setProblem(reasonOf(error)),
    )
    return () => {
      over = true
    }
  }, [file, mapping, country])
  if (problem) return <Problem>{problem}</Problem>
  return checked ? <CheckedRows checked={checked} /> : <p role="status">Checking every row…</p>
}
