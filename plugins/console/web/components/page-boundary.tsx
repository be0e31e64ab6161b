/** Error boundary of a page: reports an error in drawing or loading it, and offers to try again; otherwise the page would be blank. */
import type { ReactNode } from 'react'
import { ErrorBoundary, type FallbackProps } from 'react-error-boundary'
import { forgetLoadFailures, PageLoadError } from './lazy-page.tsx'

interface PageBoundaryProps {
  readonly children: ReactNode
  /** Address of the page: a new address clears the error. */
  readonly address?: string
}

export function PageBoundary({ children, address }: PageBoundaryProps) {
  return (
    <ErrorBoundary FallbackComponent={Broken} resetKeys={[address]} onReset={forgetLoadFailures}>
      {children}
    </ErrorBoundary>
  )
}

function Broken({ error, resetErrorBoundary }: FallbackProps) {
  const notLoaded = error instanceof PageLoadError
  return (
    <div className="state state-bad" role="alert">
      <h1 className="state-title">{notLoaded ? 'This page could not be loaded' : 'This page has an error'}</h1>
      <p>
        {notLoaded
          ? 'The connection to the server was lost, or the server was updated. Try again; if that does not help, reload the console.'
          : 'Your campaigns are not affected. Try again, reload the console, or open another page.'}
      </p>
      <div className="action-row">
        <button type="button" className="button button-primary" onClick={resetErrorBoundary}>
          Try again
        </button>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload the console
        </button>
      </div>
    </div>
  )
}
