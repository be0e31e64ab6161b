/** Overlays of a screen: help, a confirmation, a search, the request for a key. */
import { Box } from 'ink'
import { typed } from '../components/field.tsx'
import { Lines, type Piece, piece } from '../components/line.tsx'
import { exactMoment, plural } from '../format.ts'
import type { ConfirmSend, Overlay, State } from '../state/state.ts'
import { questionOf, underWay } from '../state/target.ts'
import { cut, fit, widthOf, wrap } from '../text.ts'
import { accent, campaignInkOf, faint, strong } from '../theme.ts'
import { dryRunRows } from './dry-run.ts'
import { pickRows } from './pick.ts'

export function OverlayBox({ state, overlay }: { readonly state: State; readonly overlay: Overlay }) {
  const width = Math.min(state.columns - 4, overlay.kind === 'help' ? 72 : 64)
  const inner = width - 4
  const rows = rowsOf(state, overlay, inner)
  const danger = overlay.kind.startsWith('confirm')
  const left = Math.max(0, Math.floor((state.columns - width) / 2))
  const top = Math.max(0, Math.floor((state.rows - rows.length - 2) / 2))
  const edge = (open: string, close: string): Piece[] => [
    piece(open + '─'.repeat(width - 2) + close, danger ? { color: 'yellow' } : accent),
  ]
  const side = piece('│', danger ? { color: 'yellow' } : accent)
  const boxed = rows.map((pieces) => {
    const used = pieces.reduce((sum, { text }) => sum + widthOf(text), 0)
    return [side, piece(' '), ...pieces, piece(' '.repeat(Math.max(0, inner - used))), piece(' '), side]
  })
  return (
    <Box position="absolute" marginLeft={left} marginTop={top} width={width} flexDirection="column">
      <Lines fresh width={width} rows={[edge('╭', '╮'), ...boxed, edge('╰', '╯')]} />
    </Box>
  )
}

function rowsOf(state: State, overlay: Overlay, width: number): Piece[][] {
  switch (overlay.kind) {
    case 'help':
      return helpRows
    case 'confirm': {
      const { title, effect } = questionOf(overlay.control, overlay.target)
      const { sign, ...ink } = campaignInkOf(overlay.target.status)
      const name = [
        piece(`#${overlay.target.id} `, faint),
        piece(cut(overlay.target.name, width - 24), strong),
        piece(`  ${sign} ${overlay.target.status}`, ink),
      ]
      return question(title, [name, ...wrap(effect, width).map((line) => [piece(line)])])
    }
    case 'confirmSender':
      return question(
        `${overlay.pause ? 'Pause' : 'Resume'} sender ${overlay.sender.name}?`,
        wrap(senderText(overlay), width).map((line) => [piece(line)]),
      )
    case 'confirmSend':
      return question(
        overlay.count === 0 && !overlay.selects ? 'Create this campaign?' : 'Send this campaign?',
        sendRows(overlay, state, width),
      )
    case 'confirmQuit':
      return question(
        'Quit and stop the server?',
        wrap(quitText(state), width).map((line) => [piece(line)]),
      )
    case 'pick':
      return pickRows(state, overlay, width)
    case 'search':
      return [[piece(searchTitle(state), strong)], [piece('/ ', accent), ...typed(overlay.input, width - 2)]]
    case 'key':
      return [
        [piece(overlay.refused ? 'This API key is not valid' : 'This server requires an API key', strong)],
        [piece('One of its API_KEYS; it is not stored.', faint)],
        [piece('> ', accent), ...typed(overlay.input, width - 2, true)],
      ]
  }
}

const question = (title: string, body: readonly Piece[][]): Piece[][] => [
  [piece(title, { color: 'yellow', bold: true })],
  ...body,
  [piece(' ')],
  [piece('y', strong), piece(' yes     ', faint), piece('n', strong), piece(' no', faint)],
]

/** Lines of the question besides its body, its frame included. */
const QUESTION_LINES = 6

function sendRows(overlay: ConfirmSend, { now, rows }: State, width: number): Piece[][] {
  const text = wrap(sendText(overlay, now), width).map((line) => [piece(line)])
  if (!overlay.tried) return text
  return [...text, [piece(' ')], ...dryRunRows(overlay.tried, width, rows - QUESTION_LINES - text.length)]
}

function sendText({ count: people, at, selects }: ConfirmSend, now: number): string {
  if (selects && at) {
    const counted = people === undefined ? '' : `: ${plural(people, 'customer')} now`
    return `It is sent at ${exactMoment(at)} to those who are in its audience then${counted}.`
  }
  if (people === 0) return 'It has no recipients yet: it is saved as a draft.'
  const recipients = people === undefined ? 'recipients who could not be counted' : plural(people, 'recipient')
  if (!at) return `It is sent to ${recipients} immediately.`
  return Date.parse(at) <= now
    ? `The sending time ${exactMoment(at)} has passed: it is sent to ${recipients} immediately.`
    : `It is sent to ${recipients} at ${exactMoment(at)}.`
}

const senderText = ({ pause }: Extract<Overlay, { kind: 'confirmSender' }>): string =>
  pause
    ? 'It starts no more messages until it is resumed. Its channels use the next sender of their route; campaigns without another one wait.'
    : 'Messages that wait for it are sent immediately.'

function quitText({ snapshot }: State): string {
  const left = underWay(snapshot)
  const effect =
    left === 0
      ? 'No messages are being sent.'
      : `${plural(left, 'recipient')} of active campaigns will wait until it is started again.`
  return `The server runs in this terminal. ${effect}`
}

function searchTitle({ screen }: State): string {
  if (screen === 'campaign') return 'Search recipients by name or phone'
  if (screen === 'segments') return 'Search segments by name'
  return screen === 'log' ? 'Search the log' : 'Search campaigns by name'
}

const help: readonly (readonly [string, string])[] = [
  ['1 to 6  tab', 'overview, campaigns, queue, log, senders, segments'],
  ['↑ ↓  k j', 'select a line; g and G the first and last'],
  ['← →  h l', 'page of the list, tab of a campaign'],
  ['[ ]  PgUp PgDn', 'page of the list or of recipients'],
  ['enter  esc', 'open, go back'],
  ['/', 'search campaigns, recipients, segments or the log'],
  ['s  t  o', 'filter by status or channel, change the order'],
  ['p  r', 'pause or resume a campaign or a sender'],
  ['c  f  x', 'cancel; retry failed recipients; close the audience'],
  ['n  a', 'new campaign; continue an interrupted audience'],
  ['R', 'reload'],
  ['q  ctrl+c', 'quit'],
]

const helpRows: Piece[][] = [
  [piece('Keys', strong), piece('   actions on a campaign ask first', faint)],
  [piece(' ')],
  ...help.map(([keys, what]) => [piece(fit(keys, 17), accent), piece(what)]),
]
