/** Test for the embedded database, where the length of a statement matters: it shares the process. */
import { sql } from 'kysely'

/** True in PGlite; an expression of a statement. */
export const isEmbedded = sql<boolean>`version() like '%(PGlite %'`
