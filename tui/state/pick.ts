/** Picking segments from a list that is searched. Pure. */
import { clamp } from './campaigns.ts'
import type { ChoiceList, Chosen } from './choice.ts'
import { type Input, inputOf } from './input.ts'

export interface Pick {
  readonly list: ChoiceList
  /** Search for a name. */
  readonly input: Input
  readonly rows: readonly Chosen[]
  /** Segments that the search finds, of which `rows` are the first. */
  readonly count: number
  readonly selected: number
  /** True if `rows` are those of the search. */
  readonly loaded: boolean
  readonly problem: string | undefined
}

export const openPick = (list: ChoiceList): Pick => ({
  list,
  input: inputOf(),
  rows: [],
  count: 0,
  selected: 0,
  loaded: false,
  problem: undefined,
})

export const searchPick = <P extends Pick>(pick: P, input: Input): P => ({
  ...pick,
  input,
  selected: 0,
  loaded: pick.loaded && input.text === pick.input.text,
})

export type PickAction =
  | { readonly type: 'pick.open'; readonly list: ChoiceList }
  | { readonly type: 'pick.move'; readonly by: number }
  /** Chooses the selected segment, or no longer. */
  | { readonly type: 'pick.toggle' }
  | { readonly type: 'pick.loaded'; readonly q: string; readonly rows: readonly Chosen[]; readonly count: number }
  | { readonly type: 'pick.problem'; readonly message: string }

export function reducePick<P extends Pick>(
  pick: P,
  action: Exclude<PickAction, { type: 'pick.open' | 'pick.toggle' }>,
): P {
  switch (action.type) {
    case 'pick.move':
      return { ...pick, selected: clamp(pick.selected + action.by, pick.rows.length) }
    case 'pick.loaded': {
      // An answer to an earlier search.
      if (action.q !== pick.input.text) return pick
      const { rows, count } = action
      return { ...pick, rows, count, selected: clamp(pick.selected, rows.length), loaded: true, problem: undefined }
    }
    case 'pick.problem':
      return { ...pick, problem: action.message }
  }
}
