/** Screen of all campaigns, page by page. */
import { campaignColumns } from '../components/columns.ts'
import { Line, type Piece, piece } from '../components/line.tsx'
import { Table } from '../components/table.tsx'
import { count } from '../format.ts'
import { sortNames } from '../state/campaigns.ts'
import type { State } from '../state/state.ts'
import { accent, faint, strong } from '../theme.ts'
import { title } from './overview.tsx'
import { waitingPieces } from './waiting.ts'

export function Campaigns({ state }: { readonly state: State }) {
  const { list, snapshot, columns: width } = state
  const { query, rows, count: total, pages, problem, loaded } = list
  const about = loaded
    ? `${count(total)} ${query.q || query.status || query.channel ? 'found' : 'in total'}, page ${query.page} of ${Math.max(1, pages)}`
    : ''
  // The feed is newer than the page.
  const live = new Map(snapshot?.campaigns.map((one) => [one.id, one]))
  const liveRows = rows.map((row) => ({
    ...row,
    ...(live.has(row.id) && {
      stats: live.get(row.id)?.stats ?? row.stats,
      status: live.get(row.id)?.status ?? row.status,
      waiting: live.get(row.id)?.waiting ?? null,
    }),
  }))
  return (
    <>
      <Line width={width} pieces={title('Campaigns', about)} />
      <Line fresh width={width} pieces={filterPieces(state)} />
      <Line fresh width={width} pieces={waitingPieces(liveRows[list.selected]?.waiting ?? null)} />
      {problem && <Line fresh width={width} pieces={[piece(`  ▲ ${problem}`, { color: 'yellow', bold: true })]} />}
      {loaded && rows.length === 0 && !problem && (
        <Empty filtered={Boolean(query.q || query.status || query.channel)} width={width} />
      )}
      {!loaded && !problem && <Line width={width} pieces={[piece('  Loading…', faint)]} />}
      {rows.length > 0 && (
        <Table
          columns={campaignColumns}
          rows={liveRows}
          width={width}
          selected={list.selected}
          keyOf={({ id }) => id}
        />
      )}
    </>
  )
}

function Empty({ filtered, width }: { readonly filtered: boolean; readonly width: number }) {
  const hint = filtered
    ? [
        piece('  No matching campaigns. ', faint),
        piece('s', strong),
        piece(' and ', faint),
        piece('t', strong),
        piece(' change the filter.', faint),
      ]
    : [piece('  No campaigns yet. Press ', faint), piece('n', strong), piece(' to create one.', faint)]
  return <Line width={width} pieces={hint} />
}

function filterPieces({ list: { query }, overlay }: State): Piece[] {
  if (overlay?.kind === 'search') return []
  const part = (name: string, value: string, none: string) => [
    piece(` ${name} `, faint),
    piece(value || none, value ? accent : {}),
    piece('  '),
  ]
  return [
    ...part('status', query.status, 'any'),
    ...part('channel', query.channel, 'any'),
    ...part('order', query.sort === '-created_at' ? '' : sortNames[query.sort], sortNames['-created_at']),
    ...(query.q ? [piece(' search ', faint), piece(`“${query.q}”`, accent)] : []),
  ]
}
