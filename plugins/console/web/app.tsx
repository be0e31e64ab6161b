/** Which page is shown at which address. */
import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { KeyGate } from './components/key-gate.tsx'
import { Layout } from './components/layout.tsx'
import { Notices } from './components/notices.tsx'
import { Empty, Loading } from './components/states.tsx'
import { CampaignsPage } from './pages/campaigns/campaigns-page.tsx'

const CampaignPage = lazy(() => import('./pages/campaign/campaign-page.tsx'))
const ComposePage = lazy(() => import('./pages/compose/compose-page.tsx'))
const CustomersPage = lazy(() => import('./pages/customers/customers-page.tsx'))
const ImportPage = lazy(() => import('./pages/customers/import-page.tsx'))
const OperationsPage = lazy(() => import('./pages/operations/operations-page.tsx'))

export function App() {
  return (
    <Layout>
      <Suspense fallback={<Loading what="page" />}>
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
          <Route path="/customers" component={CustomersPage} />
          <Route path="/customers/import" component={ImportPage} />
          <Route path="/operations" component={OperationsPage} />
          <Route>
            <Empty title="There is no such page">Choose one of those in the menu.</Empty>
          </Route>
        </Switch>
      </Suspense>
      <KeyGate />
      <Notices />
    </Layout>
  )
}
