/** The dashboard drawn once, without a terminal. */
import { renderToString } from 'ink'
import { View } from '../../tui/app.tsx'
import { initialState, type State } from '../../tui/state/state.ts'
import { busySnapshot } from './snapshots.ts'

/** @returns its lines, without colours: the overview of a busy server, with the changes given */
export function show(changes: Partial<State> = {}, columns = 100, rows = 30): string[] {
  const live = { connection: { status: 'live' }, snapshot: busySnapshot(40, 20_000), snapshotAt: 1000 } as const
  const state = { ...initialState('http://localhost:8080', false, columns, rows, 1000), ...live, ...changes }
  return Bun.stripANSI(renderToString(<View state={state} />, { columns })).split('\n')
}
