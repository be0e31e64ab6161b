import { useSyncExternalStore } from 'react'
import { type Live, liveState, onLive } from '../api/live.ts'

/** The live figures, for as long as the component is shown. */
export const useLive = (): Live => useSyncExternalStore(onLive, liveState)
