/** Facts that every part of the rule builder needs. */
import { createContext, useContext } from 'react'
import { type AttributeTypes, noAttributes } from '../../../../../../core/messaging/contacts/attributes.ts'
import type { Attribute } from '../../../api/types.ts'

export interface Builder {
  readonly attributes: readonly Attribute[]
  readonly types: AttributeTypes
  /** Id of the segment whose rule it is, which its rule cannot name. */
  readonly segment: number | undefined
  /** Faults of parts, by their ids. */
  readonly problems: ReadonlyMap<string, string>
}

export const BuilderContext = createContext<Builder>({
  attributes: [],
  types: noAttributes,
  segment: undefined,
  problems: new Map(),
})
export const useBuilder = (): Builder => useContext(BuilderContext)
