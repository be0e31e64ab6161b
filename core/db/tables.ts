/**
 * Tables of the database, by name. Empty here: the domain declares its tables by declaration merging, so that this floor
 * and the host work on `Kysely<Tables>` without naming any of them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Tables {}
