/** Reducer: the next state after an action. Pure. */
import { openDetail, reduceDetail } from './campaign.ts'
import { clamp, reduceList } from './campaigns.ts'
import { toggleChosen } from './choice.ts'
import type { Tried } from './dry-run.ts'
import { openForm, parseWhen, problemOf, reduceForm, selectsLater } from './form.ts'
import { type Input, inputOf } from './input.ts'
import { reduceLog } from './log.ts'
import { openPick, type PickAction, reducePick, searchPick } from './pick.ts'
import { openSelected, reduceSegments } from './segments.ts'
import { pauseProblem, reduceSenders } from './senders.ts'
import { type Action, detailSize, listSize, type Screen, type State, segmentSize } from './state.ts'
import { problemWith, targetOf } from './target.ts'

const NOTICE_MS = 6000

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'tick':
      return at(state, action.now)
    case 'size':
      return resize(state, action.columns, action.rows)
    case 'live':
      return { ...state, connection: { status: 'live' } }
    case 'snapshot':
      return receive(state, action)
    case 'health':
      return { ...state, connection: { status: 'live' }, health: action.health }
    case 'lost':
      return lose(state, action)
    case 'go':
    case 'open':
    case 'open.segment':
    case 'new':
    case 'back':
      return navigate(state, action)
    case 'overlay':
      return { ...state, overlay: action.overlay }
    case 'typed':
      return type(state, action.input)
    case 'notice':
      return { ...state, notice: { tone: action.tone, text: action.text, until: action.now + NOTICE_MS } }
    case 'choose':
      return { ...state, chosen: clamp(state.chosen + action.by, state.snapshot?.campaigns.length ?? 0) }
    case 'scroll':
      return { ...state, scrolled: Math.max(0, state.scrolled + action.by) }
    case 'ask':
      return ask(state, action.control)
    case 'ask.send':
      return askSend(state)
    case 'ask.tried':
      return confirmSend(state, action.tried)
    case 'do':
    case 'send':
      return { ...state, overlay: undefined }
    case 'audience.stopped':
      return { ...state, stopped: action.audience }
    case 'audience.continue':
      return { ...state, stopped: undefined }
    case 'key':
      return { ...state, overlay: undefined, connection: { status: 'connecting' } }
    case 'reload':
    case 'quit':
      return state
    default:
      return reducePart(state, action)
  }
}

type Navigation = Extract<Action, { type: 'go' | 'open' | 'open.segment' | 'new' | 'back' }>

function navigate(state: State, action: Navigation): State {
  switch (action.type) {
    case 'go':
      return { ...state, screen: action.screen, back: [], overlay: undefined }
    case 'open':
      return open(state, action.id)
    case 'open.segment':
      return { ...push(state, 'segment'), segments: openSelected(state.segments) }
    case 'new':
      return { ...push(state, 'form'), form: openForm() }
    case 'back':
      return { ...keepDraft(state), screen: state.back.at(-1) ?? 'overview', back: state.back.slice(0, -1) }
  }
}

/** Sets the time, and removes a notice that has expired. */
const at = (state: State, now: number): State => ({
  ...state,
  now,
  notice: state.notice && state.notice.until > now ? state.notice : undefined,
})

type PartAction = Extract<
  Action,
  { type: `${'list' | 'detail' | 'form' | 'log' | 'senders' | 'segments' | 'pick'}.${string}` }
>
const belongs = <P extends string>(
  action: PartAction,
  part: P,
): action is Extract<PartAction, { type: `${P}.${string}` }> => action.type.startsWith(`${part}.`)

function reducePart(state: State, action: PartAction): State {
  if (belongs(action, 'list')) return { ...state, list: reduceList(state.list, action) }
  if (belongs(action, 'senders')) return reduceSender(state, action)
  if (belongs(action, 'pick')) return reducePicking(state, action)
  if (belongs(action, 'segments')) return { ...state, segments: reduceSegments(state.segments, action) }
  if (belongs(action, 'log')) return { ...state, log: reduceLog(state.log, action) }
  if (belongs(action, 'detail')) return state.detail ? { ...state, detail: reduceDetail(state.detail, action) } : state
  return state.form ? { ...state, form: reduceForm(state.form, action) } : state
}

function receive(state: State, { snapshot, now }: Extract<Action, { type: 'snapshot' }>): State {
  return {
    ...at(state, now),
    connection: { status: 'live' },
    snapshot,
    snapshotAt: now,
    health: undefined,
    chosen: clamp(state.chosen, snapshot.campaigns.length),
  }
}

function type(state: State, input: Input): State {
  const { overlay } = state
  if (overlay?.kind === 'pick') return { ...state, overlay: searchPick(overlay, input) }
  return overlay && 'input' in overlay ? { ...state, overlay: { ...overlay, input } } : state
}

function reducePicking(state: State, action: PickAction): State {
  if (action.type === 'pick.open') return { ...state, overlay: { kind: 'pick', ...openPick(action.list) } }
  const { overlay, form } = state
  if (overlay?.kind !== 'pick') return state
  if (action.type !== 'pick.toggle') return { ...state, overlay: reducePick(overlay, action) }
  const row = overlay.rows[overlay.selected]
  // Rows of an earlier search are not what was meant.
  if (!row || !form || !overlay.loaded) return state
  const choice = toggleChosen(form.choice, overlay.list, row)
  return { ...state, form: reduceForm(form, { type: 'form.choice', choice }) }
}

const push = (state: State, screen: Screen): State => ({ ...state, screen, back: [...state.back, state.screen] })

function open(state: State, id: number): State {
  const known = state.list.rows.find((row) => row.id === id)
  return { ...push(state, 'campaign'), detail: openDetail(id, detailSize(state.rows), known) }
}

function resize(state: State, columns: number, rows: number): State {
  const list = reduceList(state.list, { type: 'list.size', size: listSize(rows) })
  const detail = state.detail && reduceDetail(state.detail, { type: 'detail.size', size: detailSize(rows) })
  const segments = reduceSegments(state.segments, { type: 'segments.size', size: segmentSize(rows) })
  return { ...state, columns, rows, list, detail, segments }
}

function lose(state: State, { failure, retryInMs, now }: Extract<Action, { type: 'lost' }>): State {
  const since = state.connection.status === 'lost' ? state.connection.since : now
  const retryAt = retryInMs === undefined ? undefined : now + retryInMs
  const lost: State = { ...state, connection: { status: 'lost', failure, since, retryAt } }
  if (failure.kind !== 'unauthorized') return lost
  const refused = state.overlay?.kind === 'key' || failure.message.includes('not valid')
  return { ...lost, overlay: { kind: 'key', input: inputOf(), refused } }
}

/** Asks for confirmation of an action, or says why it is refused. */
function ask(state: State, control: Extract<Action, { type: 'ask' }>['control']): State {
  const target = targetOf(state)
  if (!target) return say(state, 'Choose a campaign first')
  const problem = problemWith(control, target)
  return problem ? say(state, problem) : { ...state, overlay: { kind: 'confirm', control, target } }
}

function reduceSender(state: State, action: Extract<PartAction, { type: `senders.${string}` }>): State {
  if (action.type === 'senders.ask') return askSender(state, action.pause)
  if (action.type === 'senders.do') return { ...state, overlay: undefined }
  return { ...state, senders: reduceSenders(state.senders, action) }
}

function askSender(state: State, pause: boolean): State {
  const sender = state.senders.rows[state.senders.selected]
  if (!sender) return say(state, 'Choose a sender first')
  const problem = pauseProblem(sender, pause)
  return problem ? say(state, problem) : { ...state, overlay: { kind: 'confirmSender', sender, pause } }
}

/** Submits the form or names its first problem; without recipients it makes a draft, which reaches nobody. */
function askSend(state: State): State {
  const { form } = state
  if (!form) return state
  const problem = problemOf(form)
  if (problem) return { ...state, form: reduceForm(form, { type: 'form.problem', message: problem }) }
  const isEmpty = form.mode === 'none' || (form.audience?.count === 0 && !selectsLater(form, state.now))
  if (isEmpty) return confirmSend(state, undefined)
  return { ...state, form: reduceForm(form, { type: 'form.busy', text: 'Trying it without sending' }) }
}

function confirmSend(state: State, tried: Tried | undefined): State {
  const { form } = state
  if (!form) return state
  const when = parseWhen(form.texts.when.text, state.now)
  const at = 'at' in when ? when.at : null
  const count = form.mode === 'none' ? 0 : form.audience?.count
  const selects = selectsLater(form, state.now)
  const asked = reduceForm(form, { type: 'form.busy', text: undefined })
  return { ...state, form: asked, overlay: { kind: 'confirmSend', count, at, selects, tried } }
}

/** Says that closing the form leaves a draft behind. */
function keepDraft(state: State): State {
  const { screen, form } = state
  if (screen !== 'form' || form?.draft === undefined) return state
  return say(state, `#${form.draft} ${form.texts.name.text.trim()} is kept as a draft`)
}

const say = (state: State, text: string): State => ({
  ...state,
  notice: { tone: 'warn', text, until: state.now + NOTICE_MS },
})
