/** The view: it renders the state as a screen, and passes keys to the store. */
import { Box, Text, useInput, usePaste, useWindowSize } from 'ink'
import { useEffect, useSyncExternalStore } from 'react'
import { Frame } from './components/frame.tsx'
import { actionsOf, isTyping } from './keys/keys.ts'
import { type Press, pressesOf } from './keys/press.ts'
import { CampaignScreen } from './screens/campaign.tsx'
import { Campaigns } from './screens/campaigns.tsx'
import { FormScreen } from './screens/form.tsx'
import { Log } from './screens/log.tsx'
import { OverlayBox } from './screens/overlay.tsx'
import { Overview } from './screens/overview.tsx'
import { Queue } from './screens/queue.tsx'
import { SegmentScreen } from './screens/segment.tsx'
import { Segments } from './screens/segments.tsx'
import { Senders } from './screens/senders.tsx'
import type { Action, Screen, State } from './state/state.ts'
import type { Store } from './store.ts'

const views: Readonly<Record<Screen, (props: { readonly state: State }) => React.ReactNode>> = {
  overview: Overview,
  campaigns: Campaigns,
  campaign: CampaignScreen,
  queue: Queue,
  log: Log,
  senders: Senders,
  segments: Segments,
  segment: SegmentScreen,
  form: FormScreen,
}

/** Smallest terminal that the screens fit into. */
const LEAST = { columns: 60, rows: 16 } as const

export function View({ state }: { readonly state: State }) {
  const Shown = views[state.screen]
  return (
    <Box width={state.columns} height={state.rows}>
      <Frame state={state}>
        <Shown state={state} />
      </Frame>
      {state.overlay && <OverlayBox state={state} overlay={state.overlay} />}
    </Box>
  )
}

export function App({ store }: { readonly store: Store<State, Action> }) {
  const state = useSyncExternalStore(store.subscribe, store.get)
  const { columns, rows } = useWindowSize()
  useEffect(() => {
    store.dispatch({ type: 'size', columns: Math.max(columns, LEAST.columns), rows: Math.max(rows, LEAST.rows) })
  }, [store, columns, rows])
  const act = (press: Press) => {
    for (const action of actionsOf(store.get(), press)) store.dispatch(action)
  }
  useInput((input, key) => pressesOf(input, key).forEach(act))
  // Pasted text is never read as keys.
  usePaste((text) => {
    if (isTyping(store.get())) act({ name: text, text })
  })
  return columns < LEAST.columns || rows < LEAST.rows ? <TooSmall /> : <View state={state} />
}

const TooSmall = () => (
  <Text wrap="truncate">
    Terminal too small: at least {LEAST.columns}x{LEAST.rows}
  </Text>
)
