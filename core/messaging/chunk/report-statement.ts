/** The flush statement, `report.sql`: writes the reports of several chunks, and answers how many more messages each may start. */
import type { Kysely } from 'kysely'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import type { Database } from '../schema.ts'
import type { FlushRow, FlushValues } from './report-values.ts'

export type FlushTables = Pick<
  Database,
  'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'senders' | 'provider_refs'
>

const source = readSqlFile(new URL('./report.sql', import.meta.url))

export const prepareFlush = (db: Kysely<FlushTables>): ((values: FlushValues) => Promise<FlushRow[]>) =>
  prepareSql<FlushValues, FlushRow>(db, source)
