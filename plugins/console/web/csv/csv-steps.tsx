/** A CSV file on its way in: which file, which column is what, and what will become of its rows. */
import { useEffect, useState } from 'react'
import { Problem } from '../components/states.tsx'
import { useConfig } from '../hooks/use-config.ts'
import { type Checked, openChecker } from './check.ts'
import { CheckedRows } from './checked-rows.tsx'
import { FileChoice } from './file-choice.tsx'
import { guessMapping, type Mapping } from './mapping.ts'
import { MappingTable } from './mapping-table.tsx'
import { readLines, readTable, type Table } from './read-file.ts'

interface Chosen {
  readonly file: File
  readonly table: Table
}

/** @param onChecked undefined while there is nothing that could be taken */
export function CsvSteps({ onChecked }: { readonly onChecked: (checked: Checked | undefined) => void }) {
  const [chosen, setChosen] = useState<Chosen>()
  const [mapping, setMapping] = useState<Mapping>([])
  const [problem, setProblem] = useState<string>()
  const choose = async (file: File) => {
    setProblem(undefined)
    setChosen(undefined)
    onChecked(undefined)
    try {
      const table = await readTable(file)
      setMapping(guessMapping(table.names))
      setChosen({ file, table })
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The file cannot be read')
    }
  }
  return (
    <div className="steps">
      <FileChoice name={chosen?.file.name} onChoose={(file) => void choose(file)} />
      <Problem>{problem}</Problem>
      {chosen && <MappingTable table={chosen.table} mapping={mapping} onChange={setMapping} />}
      {chosen && mapping.includes('phone') && <Check file={chosen.file} mapping={mapping} onChecked={onChecked} />}
      {chosen && !mapping.includes('phone') && (
        <Problem>Say which column holds the phone: it tells one customer from another.</Problem>
      )}
    </div>
  )
}

interface CheckProps {
  readonly file: File
  readonly mapping: Mapping
  readonly onChecked: (checked: Checked | undefined) => void
}

function Check({ file, mapping, onChecked }: CheckProps) {
  const country = useConfig()?.country
  const [checked, setChecked] = useState<Checked>()
  const [problem, setProblem] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file or mapping is checked anew, and nothing else is
  useEffect(() => {
    if (!country) return
    const over = new AbortController()
    const checker = openChecker(mapping, country)
    setChecked(undefined)
    onChecked(undefined)
    readLines(file, checker.add, over.signal).then(
      () => {
        if (over.signal.aborted) return
        const result = checker.result()
        setChecked(result)
        onChecked(result.rows.size > 0 ? result : undefined)
      },
      (error) => over.signal.aborted || setProblem(String(error)),
    )
    return () => over.abort()
  }, [file, mapping, country])
  if (problem) return <Problem>{problem}</Problem>
  return checked ? <CheckedRows checked={checked} /> : <p role="status">Checking every row …</p>
}
