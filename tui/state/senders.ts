/** The loaded list of senders, and the selected one. Pure. */
import type { Client } from '../api.ts'
import { clamp } from './campaigns.ts'

export type Sender = NonNullable<Awaited<ReturnType<Client['senders']['get']>>['data']>['senders'][number]

export type Route = NonNullable<Awaited<ReturnType<Client['routes']['get']>>['data']>['routes'][number]

export interface SenderList {
  readonly rows: readonly Sender[]
  readonly routes: readonly Route[]
  readonly selected: number
  readonly loaded: boolean
  /** Reason why there are no rows, or only old ones. */
  readonly problem: string | undefined
}

export const emptySenders: SenderList = { rows: [], routes: [], selected: 0, loaded: false, problem: undefined }

export type SenderAction =
  | { readonly type: 'senders.move'; readonly by: number }
  | { readonly type: 'senders.loaded'; readonly rows: readonly Sender[]; readonly routes: readonly Route[] }
  | { readonly type: 'senders.problem'; readonly message: string }

export function reduceSenders(list: SenderList, action: SenderAction): SenderList {
  switch (action.type) {
    case 'senders.move':
      return { ...list, selected: clamp(list.selected + action.by, list.rows.length) }
    case 'senders.loaded':
      return {
        rows: action.rows,
        routes: action.routes,
        selected: clamp(list.selected, action.rows.length),
        loaded: true,
        problem: undefined,
      }
    case 'senders.problem':
      return { ...list, problem: action.message }
  }
}

/** The reason why a sender cannot be paused, or resumed; undefined when it can. */
export const pauseProblem = ({ name, paused }: Sender, pause: boolean): string | undefined =>
  pause === (paused !== null) ? `Sender ${name} is ${pause ? 'paused already' : 'not paused'}` : undefined
