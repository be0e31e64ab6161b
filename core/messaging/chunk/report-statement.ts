/** The report statement, `report.sql`: writes the reports of several chunks, and answers how many more messages each may start. */
import type { Kysely } from 'kysely'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import type { Database } from '../schema.ts'
import type { ReportRow, ReportValues } from './report-values.ts'

export type ReportTables = Pick<
  Database,
  'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'senders' | 'provider_refs' | 'suppressions' | 'consents'
>

const source = readSqlFile(new URL('./report.sql', import.meta.url))

export const prepareReport = (db: Kysely<ReportTables>): ((values: ReportValues) => Promise<ReportRow[]>) =>
  prepareSql<ReportValues, ReportRow>(db, source)
