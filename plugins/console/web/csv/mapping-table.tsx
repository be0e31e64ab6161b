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
  ['', 'Leave out'],
  ...customerFields.map((field) => [field, fieldNames[field]] as const),
]

/** For each column of the file: what it holds, and which field it becomes. */
export function MappingTable({ table, columns, onChange }: MappingTableProps) {
  return (
    <table className="list mapping">
      <caption>Columns of the file</caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">For example</th>
          <th scope="col">Becomes</th>
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
                label={`${name || `Column ${nth + 1}`} becomes`}
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
