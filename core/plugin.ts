/**
 * `campaign-dispatch/plugin`: everything that a plugin imports, and all of the API that plugins may rely on. A plugin from
 * outside needs no dependency besides: the libraries' own names that it works with come from here too.
 */
export { Elysia, type Static, t } from 'elysia'
export { type Generated, type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
export type { Clock } from './clock.ts'
export { AppError, BootError, defineErrors, type ErrorKind, errors } from './errors.ts'
export { type Migration, type Migrations, ownTables } from './host/migrations.ts'
export type { Net } from './host/net.ts'
export { definePlugin, type Fetch, type Grant, type Loop, type Needs, type Plugin, type Site } from './host/plugin.ts'
export { type Principal, principalOf } from './http/principal.ts'
export { hiddenRoute, route } from './http/route.ts'
export type { Log } from './log/log.ts'
export type { ContactServices } from './messaging/contacts/service.ts'
export type { DomainEvent, EventHandlers } from './messaging/events/types.ts'
export type { Candidate, Decision, Policy } from './messaging/policy/policy.ts'
export type { Database } from './messaging/schema.ts'
export { type CodeTable, codeTable, type Meaning } from './messaging/senders/code-table.ts'
export {
  type AccountCheck,
  defineSender,
  type OpenSender,
  type OutboundMessage,
  type Outcome,
  type SenderKind,
  type SenderUse,
} from './messaging/senders/contract.ts'
export type { Delivery, HookAnswer, HookRequest, Inbound, Receipt } from './messaging/senders/hook.ts'
export { callProvider, outcomeByStatus, type ProviderAnswer } from './messaging/senders/provider-call.ts'
export type { MessagingServices } from './messaging/services.ts'
export { countrySetting } from './messaging/settings.ts'
export type { WakeUps } from './wakeups.ts'
