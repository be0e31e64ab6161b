import { useEffect, useRef, useState } from 'react'

/** The value, changed at most once in so long, also while it never stands still. */
export function useThrottled<T>(value: T, ms: number): T {
  const [throttled, setThrottled] = useState(value)
  const latest = useRef(value)
  latest.current = value
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (value === throttled || timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      setThrottled(latest.current)
    }, ms)
  }, [value, throttled, ms])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return throttled
}
