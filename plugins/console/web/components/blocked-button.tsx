/** A button that stays reachable by keyboard while it cannot act, and is tied to the text that says why. */
import type { ReactNode } from 'react'

interface BlockedButtonProps {
  readonly children: ReactNode
  readonly className: string
  /** Id of the visible text that says why it cannot act; undefined while it can. */
  readonly reason: string | undefined
  /** True while its action runs. */
  readonly busy?: boolean
  readonly type?: 'button' | 'submit'
  readonly onClick?: () => void
}

export function BlockedButton({ children, className, reason, busy = false, type, onClick }: BlockedButtonProps) {
  const blocked = reason !== undefined
  return (
    <button
      type={type ?? 'button'}
      className={className}
      disabled={busy}
      {...(blocked ? { 'aria-disabled': true, 'aria-describedby': reason } : {})}
      onClick={(event) => {
        if (blocked) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}
