/**
 * Ids of our messages at Infobip: the prefix, our id, and the number of the round where an earlier id was used up by a call
 * that was refused. `campaign-42`, `campaign-42~2`. Pure.
 */

/** @param round 1 for the first */
export const externalId = (prefix: string, messageId: string, round: number): string =>
  `${prefix}${messageId}${round === 1 ? '' : `~${round}`}`

/** @returns our id; undefined of an id that is not ours */
export function ownId(prefix: string, id: string | undefined): string | undefined {
  if (!id?.startsWith(prefix)) return undefined
  return id.slice(prefix.length).replace(/~\d+$/, '') || undefined
}
