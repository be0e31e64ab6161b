import { useSearchParams } from 'wouter'

type Changes = Readonly<Record<string, string>>

/**
 * The query of the address, and two ways to change parts of it: `change` replaces the address, `go` adds it to the browser's
 * history, as the next page of a list does. Empty parameters are left out.
 */
export function useSearch() {
  const [parameters, setParameters] = useSearchParams()
  const set = (changes: Changes, replace: boolean) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name)
        return next
      },
      { replace },
    )
  return {
    get: (name: string) => parameters.get(name) ?? '',
    change: (changes: Changes) => set(changes, true),
    go: (changes: Changes) => set(changes, false),
  }
}
