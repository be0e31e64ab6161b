/** What the browser’s tab and history say. */
import { useEffect } from 'react'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Campaign dispatch`
  }, [title])
}
