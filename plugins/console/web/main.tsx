/** Renders the console into its page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { routerBase } from './api/base.ts'
import { App } from './app.tsx'
import { askBeforeLeaving } from './hooks/use-leave-guard.ts'

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <Router base={routerBase()} aroundNav={askBeforeLeaving}>
        <App />
      </Router>
    </StrictMode>,
  )
