/** Parts of messages that a provider took, by the second. */

export interface Arrival {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly parts: number
}

/**
 * Most parts in any second, wherever it begins.
 * @param all in the order in which they came
 */
export function busiestSecond(all: readonly Arrival[]): number {
  let [first, sum, most] = [0, 0, 0]
  for (const { at, parts } of all) {
    sum += parts
    for (let oldest = all[first]; oldest && at - oldest.at >= 1000; oldest = all[++first]) sum -= oldest.parts
    most = Math.max(most, sum)
  }
  return most
}
