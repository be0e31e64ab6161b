import type { Columns } from '../../../../core/messaging/contacts/csv/columns.ts'
import { type CustomerField, customerFields, fieldNames } from '../api/types.ts'
import { Select } from '../components/select.tsx'
import { mapColumn } from './mapping.ts'
import type { Table } from './read-file.ts'

interface MappingTableProps {
  readonly table: Table
  readonly columns: Columns
  readonly onChange: (columns: Columns) => void
}

const options: readonly (readonly [CustomerField | '', string])[] = [
  ['', 'Do not import'],
  ...customerFields.map((field) => [field, fieldNames[field]] as const),
]

/** The columns of the file, with sample values and the field that each is imported as. */
export function MappingTable({ table, columns, onChange }: MappingTableProps) {
  return (
    <table className="list mapping">
      <caption>Columns of the file</caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Examples</th>
          <th scope="col">Imported as</th>
        </tr>
      </thead>
      <tbody>
        {table.names.map((name, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name, and none of them moves
          <tr key={nth}>
            <th scope="row">{name || `Column ${nth + 1}`}</th>
            <td className="muted">
              {table.sample
                .map((row) => row[nth]?.trim())
                .filter(Boolean)
                .slice(0, 2)
                .join(', ')}
            </td>
            <td>
              <Select
                label={`Import ${name || `column ${nth + 1}`} as`}
                value={columns[nth] ?? ''}
                options={options}
                onChange={(field) => onChange(mapColumn(columns, nth, field || undefined))}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
