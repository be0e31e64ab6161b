/** Recipients that this tab still has to add to a campaign, kept across reloads. */

export interface Sending {
  readonly id: number
  readonly ids: readonly number[]
}

const KEY = 'campaign-dispatch.sending'

/** Writes consecutive ids as a range, so that hundreds of thousands fit into a browser's storage: `1-500,7`. */
function toRanges(ids: readonly number[]): string {
  const ranges: string[] = []
  for (let at = 0; at < ids.length; ) {
    const first = ids[at] ?? 0
    let last = first
    for (at++; ids[at] === last + 1; at++) last++
    ranges.push(last === first ? `${first}` : `${first}-${last}`)
  }
  return ranges.join(',')
}

function fromRanges(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, at) => first + at)
  })
}

/** A list too large for the storage is not kept: the campaign then waits with an open audience, and its page says so. */
export function keepSending({ id, ids }: Sending): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ id, ids: toRanges(ids) }))
  } catch {
    forgetSending()
  }
}

export const forgetSending = (): void => sessionStorage.removeItem(KEY)

export function keptSending(): Sending | undefined {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return undefined
  const { id, ids } = JSON.parse(text) as { readonly id: number; readonly ids: string }
  return { id, ids: fromRanges(ids) }
}
