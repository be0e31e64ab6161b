/** Inbox: what people wrote, and decisions about what may be an opt-out. */
import { useState } from 'react'
import { get } from '../../api/client.ts'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { AllInbound } from './all-inbound.tsx'
import { type OpenReviews, ToDecide } from './to-decide.tsx'

const REFRESH_MS = 5000

export default function InboxPage() {
  useTitle('Inbox')
  const [turn, setTurn] = useState(0)
  const open = useQuery(`reviews ${turn}`, (signal) => get<OpenReviews>('/inbound?review=open', signal), REFRESH_MS)
  const decided = () => setTurn((before) => before + 1)
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Inbox</h1>
          <p className="meta">What people wrote to your senders, and how it was read. Nobody is answered from here.</p>
        </div>
      </div>
      <ToDecide list={open} onDecided={decided} />
      <AllInbound turn={turn} onDecided={decided} />
    </>
  )
}
