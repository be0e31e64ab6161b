import { useSearchParams } from 'wouter'

/** The query of the address, and a way to change parts of it; empty parameters are left out. */
export function useSearch() {
  const [parameters, setParameters] = useSearchParams()
  const change = (changes: Readonly<Record<string, string>>) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name)
        return next
      },
      { replace: true },
    )
  return { get: (name: string) => parameters.get(name) ?? '', change }
}
