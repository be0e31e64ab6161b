/** Bucket length of the throughput table, which workers write and the dashboards read. */

/** Seconds that a row of the table counts. */
export const SPAN_SECONDS = 5
