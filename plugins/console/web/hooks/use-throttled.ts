import { useEffect, useRef, useState } from 'react'

/** The value, updated at most once every `ms` milliseconds, however often it changes. */
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
