/** A search field that searches once typing stops. */
import { useEffect, useRef, useState } from 'react'
import { useDebounced } from '../hooks/use-debounced.ts'
import { Icon } from './icon.tsx'

interface SearchBoxProps {
  readonly label: string
  readonly value: string
  readonly onSearch: (text: string) => void
}

export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [text, setText] = useState(value)
  const debounced = useDebounced(text)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed starts a search
  useEffect(() => {
    if (debounced !== value) onSearch(debounced)
  }, [debounced])
  // A link or the browser's history may change the value. A value that comes from typing leaves the text as it was typed.
  const latest = useRef(value)
  useEffect(() => {
    if (value !== latest.current && value !== debounced) setText(value)
    latest.current = value
  }, [value, debounced])
  return (
    <div className="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  )
}
