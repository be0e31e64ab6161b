/** Levenshtein distance: how many letters to add, drop or replace. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The name that was probably meant: one slip away, or two in a name of eight letters or more. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  // A slip must leave something of the name: "a" is not a misspelt "b".
  const limit = ({ length }: string) => Math.min(length >= 8 ? 2 : 1, length - 1, name.length - 1)
  const close = (candidate: string) => distance(name, candidate) <= limit(candidate)
  return [...known]
    .filter((candidate) => candidate !== name && Math.abs(candidate.length - name.length) <= 2 && close(candidate))
    .sort((a, b) => distance(name, a) - distance(name, b))[0]
}
