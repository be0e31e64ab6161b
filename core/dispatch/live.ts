/** What workers tell of their speed, and who looks on reads: spans of time into which all that is settled is counted. */

/** The length of a span. */
export const SPAN_SECONDS = 5
