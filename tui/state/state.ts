/** State of the dashboard. */
import type { CampaignAction, CampaignStatus } from '../../core/messaging/campaign/status.ts'
import type { Health, Snapshot } from '../../plugins/stats/snapshot.ts'
import type { Failure } from '../api.ts'
import type { Tone } from '../theme.ts'
import type { Audience } from './audience.ts'
import type { Detail, DetailAction } from './campaign.ts'
import { type CampaignList, emptyList, type ListAction } from './campaigns.ts'
import type { Tried } from './dry-run.ts'
import type { Form, FormAction } from './form.ts'
import type { Input } from './input.ts'
import { emptyLog, type LogAction, type LogPane } from './log.ts'
import type { Pick, PickAction } from './pick.ts'
import { emptySegments, type SegmentAction, type SegmentList } from './segments.ts'
import { emptySenders, type Sender, type SenderAction, type SenderList } from './senders.ts'

export const screens = ['overview', 'campaigns', 'queue', 'log', 'senders', 'segments'] as const
export type MainScreen = (typeof screens)[number]
export type Screen = MainScreen | 'campaign' | 'segment' | 'form'

export type Connection =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** @property retryAt milliseconds since the epoch; undefined when nothing is tried before a key is given */
  | { readonly status: 'lost'; readonly failure: Failure; readonly since: number; readonly retryAt: number | undefined }

/** Actions on a campaign that a key triggers. */
export type ControlAction = Extract<CampaignAction, 'closeAudience' | 'pause' | 'resume' | 'cancel' | 'retryFailed'>
/** Properties of a campaign that its actions need. */
export interface Target {
  readonly id: number
  readonly name: string
  readonly status: CampaignStatus
  readonly audience_open: boolean
  /** The server adds its recipients. */
  readonly queueing: boolean
  readonly stats: Snapshot['messages']
}

export type Overlay =
  | { readonly kind: 'help' }
  | { readonly kind: 'search'; readonly input: Input }
  | { readonly kind: 'key'; readonly input: Input; readonly refused: boolean }
  | { readonly kind: 'confirm'; readonly control: ControlAction; readonly target: Target }
  | { readonly kind: 'confirmSender'; readonly sender: Sender; readonly pause: boolean }
  | { readonly kind: 'confirmQuit' }
  | ({ readonly kind: 'pick' } & Pick)
  | ConfirmSend

/** The question before a campaign of the form is created. */
export interface ConfirmSend {
  readonly kind: 'confirmSend'
  /** Recipients; undefined if they could not be counted. */
  readonly count: number | undefined
  readonly at: string | null
  /** True if the server selects the recipients when the campaign starts. */
  readonly selects: boolean
  /** Undefined for a draft, and where the server has no dry run. */
  readonly tried: Tried | undefined
}

export interface Notice {
  readonly tone: Tone
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface State {
  readonly server: string
  /** True if the server runs in this process: its log is shown too. */
  readonly local: boolean
  readonly now: number
  readonly columns: number
  readonly rows: number
  readonly connection: Connection
  readonly snapshot: Snapshot | undefined
  /** Arrival of the snapshot, by this machine's clock. */
  readonly snapshotAt: number
  /** Set while the server cannot read its database. */
  readonly health: Health | undefined
  readonly screen: Screen
  /** Earlier screens, to which esc returns. */
  readonly back: readonly Screen[]
  readonly overlay: Overlay | undefined
  readonly notice: Notice | undefined
  /** Selected active campaign of the overview. */
  readonly chosen: number
  /** Lines that the queue screen is scrolled by. */
  readonly scrolled: number
  readonly list: CampaignList
  readonly detail: Detail | undefined
  readonly form: Form | undefined
  /** Audience that was interrupted last. */
  readonly stopped: Audience | undefined
  readonly log: LogPane
  readonly senders: SenderList
  readonly segments: SegmentList
}

export type Action =
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'size'; readonly columns: number; readonly rows: number }
  | { readonly type: 'live' }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly now: number }
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'lost'; readonly failure: Failure; readonly retryInMs: number | undefined; readonly now: number }
  | { readonly type: 'go'; readonly screen: MainScreen }
  | { readonly type: 'open'; readonly id: number }
  /** The selected segment. */
  | { readonly type: 'open.segment' }
  | { readonly type: 'new' }
  | { readonly type: 'back' }
  | { readonly type: 'overlay'; readonly overlay: Overlay | undefined }
  | { readonly type: 'typed'; readonly input: Input }
  | { readonly type: 'notice'; readonly tone: Tone; readonly text: string; readonly now: number }
  | { readonly type: 'choose'; readonly by: number }
  | { readonly type: 'scroll'; readonly by: number }
  /** Requested by a key and done by an effect: the state does not change at once. */
  | { readonly type: 'ask'; readonly control: ControlAction }
  | { readonly type: 'do'; readonly control: ControlAction; readonly target: Target }
  | { readonly type: 'ask.send' }
  | { readonly type: 'ask.tried'; readonly tried: Tried | undefined }
  | { readonly type: 'send' }
  | { readonly type: 'audience.stopped'; readonly audience: Audience }
  | { readonly type: 'audience.continue' }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'reload' }
  | { readonly type: 'quit' }
  | ListAction
  | DetailAction
  | FormAction
  | PickAction
  | LogAction
  | SenderAction
  | SegmentAction
  | { readonly type: 'senders.ask'; readonly pause: boolean }
  | { readonly type: 'senders.do'; readonly sender: Sender; readonly pause: boolean }

export function initialState(server: string, local: boolean, columns: number, rows: number, now: number): State {
  return {
    server,
    local,
    now,
    columns,
    rows,
    connection: { status: 'connecting' },
    snapshot: undefined,
    snapshotAt: 0,
    health: undefined,
    screen: 'overview',
    back: [],
    overlay: undefined,
    notice: undefined,
    chosen: 0,
    scrolled: 0,
    list: emptyList(listSize(rows)),
    detail: undefined,
    form: undefined,
    stopped: undefined,
    log: emptyLog,
    senders: emptySenders,
    segments: emptySegments(segmentSize(rows)),
  }
}

/** Lines that every screen has: header, tabs, rule; rule, keys. */
export const FRAME_LINES = 5
/** Lines between the frame and the rows of a list. */
const LIST_LINES = 4
const DETAIL_LINES = 10
/** Share of the segments' screen that is for their rows: the rule of the selected one is below. */
const SEGMENT_SHARE = 0.6

export const listSize = (rows: number): number => Math.max(3, Math.min(100, rows - FRAME_LINES - LIST_LINES))
export const detailSize = (rows: number): number => Math.max(3, Math.min(100, rows - FRAME_LINES - DETAIL_LINES))
export const segmentSize = (rows: number): number =>
  Math.max(3, Math.min(100, Math.floor((rows - FRAME_LINES - LIST_LINES) * SEGMENT_SHARE)))

/** True if figures are old: the connection is lost, or the server cannot read its database. */
export const isStale = ({ connection, health }: State): boolean => connection.status !== 'live' || health !== undefined
