/** Result of a dry run. Types only. */
import type { Client } from '../api.ts'

export type DryRun = NonNullable<Awaited<ReturnType<ReturnType<Client['campaigns']>['dry-run']['post']>>['data']>

export type Tried =
  /** @property isPart true if there were more recipients than one call may name */
  { readonly dryRun: DryRun; readonly isPart: boolean } | { readonly problem: string }
