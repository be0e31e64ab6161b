/** Addresses and the page at each of them. */
import { Suspense, useEffect, useState } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { errorText } from './api/client.ts'
import { KeyGate } from './components/key-gate.tsx'
import { Layout } from './components/layout.tsx'
import { lazyPage, preloadPages } from './components/lazy-page.tsx'
import { Notices, notify } from './components/notices.tsx'
import { PageBoundary } from './components/page-boundary.tsx'
import { Empty, Loading } from './components/states.tsx'
import { CampaignsPage } from './pages/campaigns/campaigns-page.tsx'
import { resumeSending, takeOverSending } from './pages/compose/add-recipients.ts'

const CampaignPage = lazyPage(() => import('./pages/campaign/campaign-page.tsx'))
const ComposePage = lazyPage(() => import('./pages/compose/compose-page.tsx'))
const CustomersPage = lazyPage(() => import('./pages/customers/customers-page.tsx'))
const CustomerPage = lazyPage(() => import('./pages/customers/customer-page.tsx'))
const ImportPage = lazyPage(() => import('./pages/customers/import-page.tsx'))
const AttributesPage = lazyPage(() => import('./pages/attributes/attributes-page.tsx'))
const SuppressionsPage = lazyPage(() => import('./pages/suppressions/suppressions-page.tsx'))
const SegmentsPage = lazyPage(() => import('./pages/segments/segments-page.tsx'))
const SegmentPage = lazyPage(() => import('./pages/segments/segment-page.tsx'))
const SendersPage = lazyPage(() => import('./pages/senders/senders-page.tsx'))
const PricesPage = lazyPage(() => import('./pages/prices/prices-page.tsx'))
const InboxPage = lazyPage(() => import('./pages/inbox/inbox-page.tsx'))
const PoliciesPage = lazyPage(() => import('./pages/policies/policies-page.tsx'))
const OperationsPage = lazyPage(() => import('./pages/operations/operations-page.tsx'))

export function App() {
  const [address, navigate] = useLocation()
  const [unfinished] = useState(takeOverSending)
  useEffect(() => onceIdle(() => void preloadPages()), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is loaded
  useEffect(() => {
    if (!unfinished) return
    navigate(`/campaigns/${unfinished.id}`)
    resumeSending(unfinished).catch((error) => notify(errorText(error)))
  }, [])
  return (
    <PageBoundary>
      <Layout>
        <PageBoundary address={address}>
          <Suspense fallback={<Loading what="page" />}>
            <Pages />
          </Suspense>
        </PageBoundary>
        <KeyGate />
        <Notices />
      </Layout>
    </PageBoundary>
  )
}

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/campaigns" replace />
      </Route>
      <Route path="/campaigns" component={CampaignsPage} />
      <Route path="/campaigns/new">
        <ComposePage />
      </Route>
      <Route path="/campaigns/:id/edit">{({ id }) => <ComposePage key={id} id={Number(id)} />}</Route>
      <Route path="/campaigns/:id">{({ id }) => <CampaignPage key={id} id={Number(id)} />}</Route>
      <Route path="/customers">
        <CustomersPage />
      </Route>
      <Route path="/customers/import">
        <ImportPage />
      </Route>
      <Route path="/customers/attributes">
        <AttributesPage />
      </Route>
      <Route path="/customers/suppressions">
        <SuppressionsPage />
      </Route>
      <Route path="/customers/:id">{({ id }) => <CustomerPage key={id} id={Number(id)} />}</Route>
      <Route path="/segments">
        <SegmentsPage />
      </Route>
      <Route path="/segments/new">
        <SegmentPage key="new" />
      </Route>
      <Route path="/segments/:id">{({ id }) => <SegmentPage key={id} id={Number(id)} />}</Route>
      <Route path="/senders">
        <SendersPage />
      </Route>
      <Route path="/senders/prices">
        <PricesPage />
      </Route>
      <Route path="/inbox">
        <InboxPage />
      </Route>
      <Route path="/policies">
        <PoliciesPage />
      </Route>
      <Route path="/operations">
        <OperationsPage />
      </Route>
      <Route>
        <Empty title="Page not found">Choose a page from the menu.</Empty>
      </Route>
    </Switch>
  )
}

/** Safari has no idle callbacks. */
function onceIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(run, 1000)
    return () => clearTimeout(timer)
  }
  const idle = requestIdleCallback(run)
  return () => cancelIdleCallback(idle)
}
