/** Replies of a fake provider, by its behaviour; what it takes is in the ledger before it is answered. */
import { type Answer, type Behaviour, draw, normalBehaviour } from './frame-behaviour.ts'
import type {
  Accepted,
  Asked,
  Fake,
  FakeAnswer,
  FakeReceipt,
  FakeRequest,
  FakeState,
  Result,
} from './frame-contract.ts'
import type { FakeLedger } from './frame-ledger.ts'
import { openPoster, type Poster } from './frame-post.ts'

/** An answer, or what is done to the connection instead: `hang` leaves it open, `cut` breaks it in the middle of `answer`. */
export type Reply =
  | { readonly how: 'answer' | 'cut'; readonly answer: FakeAnswer; readonly latencyMs: number }
  | { readonly how: 'hang' }

export interface FakeProvider {
  readonly state: FakeState
  readonly poster: Poster
  behave(changes: Partial<Behaviour>): void
  /** @param inFlight calls that are not answered yet, with this one */
  reply(request: FakeRequest, inFlight: number): Promise<Reply>
}

const PAGE: FakeAnswer = {
  status: 201,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Welcome to the proxy</title>',
}
const TOO_MANY: FakeAnswer = { status: 429, headers: { 'content-type': 'text/plain' }, body: 'Too Many Requests' }

export function openFakeProvider(fake: Fake, ledger: FakeLedger): FakeProvider {
  let behaviour = normalBehaviour
  const accepted = new Map<string, Accepted>()
  const references = new Map<string, Accepted>()
  const asked = new Map<string, number>()
  const offered = new Map<string, number>()
  const lastSecond: number[] = []
  const state: FakeState = {
    get behaviour() {
      return behaviour
    },
    known: (reference) => references.get(reference),
    accepted,
  }
  const poster = openPoster(fake, state, ledger)

  const answerTo = ([first]: readonly Asked[], inFlight: number): Answer => {
    const { seed, answers, maxInFlight, maxPerSecond } = behaviour
    if (maxInFlight !== null && inFlight > maxInFlight) return '429'
    while (lastSecond.length > 0 && (lastSecond[0] ?? 0) <= Date.now() - 1000) lastSecond.shift()
    if (maxPerSecond !== null && lastSecond.length >= maxPerSecond) return '429'
    const key = first?.reference ?? first?.to ?? ''
    const nth = asked.get(key) ?? 0
    asked.set(key, nth + 1)
    return draw(`${seed}:${key}:${nth}`, answers, 'accept')
  }

  const passingRefusal = ({ reference, to }: Asked): string | undefined => {
    if (Object.keys(behaviour.refusals).length === 0) return undefined
    const key = reference ?? to
    const nth = offered.get(key) ?? 0
    offered.set(key, nth + 1)
    return draw(`${behaviour.seed}:${key}:${nth}:refusal`, behaviour.refusals, '') || undefined
  }

  const take = (message: Asked, answer: Answer): Result => {
    const at = Date.now()
    const reference = message.reference ?? null
    const code =
      behaviour.refuse[message.to] ??
      fake.refuse?.(message, state) ??
      (answer === 'accept' ? passingRefusal(message) : undefined)
    if (code !== undefined) {
      ledger.write({ what: 'refuse', at, reference, to: message.to, code })
      return { message, code }
    }
    const taken = { ...message, id: fake.newId(message), at }
    const repeat = reference !== null && references.has(reference)
    const { id, to, from = null, text } = taken
    ledger.write({ what: 'accept', at, id, reference, to, from, text, repeat })
    if (behaviour.maxPerSecond !== null) lastSecond.push(at)
    accepted.set(id, taken)
    if (reference !== null) references.set(reference, taken)
    return { message: taken, id }
  }

  const receiptsOf = (message: Accepted): FakeReceipt[] => {
    const { seed, fates, failCode, outOfOrder, duplicates } = behaviour
    const fate = draw(`${seed}:${message.reference ?? message.to}:fate`, fates, 'delivered')
    const receipts = fake.statuses(fate, message, state).map(({ status, code }) => ({
      message,
      status,
      code: code === undefined ? undefined : (failCode ?? code),
    }))
    return (outOfOrder ? receipts.reverse() : receipts).flatMap((receipt) => Array(duplicates + 1).fill(receipt))
  }

  const follow = async (results: readonly Result[]) => {
    const taken = results.flatMap(({ message }) => ('id' in message ? [message] : []))
    if (behaviour.receiptsFirst) return poster.now(taken.flatMap(receiptsOf))
    for (const message of taken)
      for (const [nth, receipt] of receiptsOf(message).entries())
        setTimeout(() => poster.add(receipt), behaviour.latencyMs + behaviour.receiptDelayMs * (nth + 1))
  }

  const answered = (answer: FakeAnswer): Reply => ({ how: 'answer', answer, latencyMs: behaviour.latencyMs })
  const refused = (status: 401 | 429 | 500): Reply => {
    const { retryAfterSeconds } = behaviour
    const answer = fake.error(status, state)
    return answered(status === 429 ? retryAfter(answer, retryAfterSeconds) : answer)
  }

  const send = async (messages: readonly Asked[], answer: Answer): Promise<Reply> => {
    if (answer === '429' || answer === '500' || answer === '401') return refused(Number(answer) as 401 | 429 | 500)
    if (answer === '429 bare') return answered(retryAfter(TOO_MANY, behaviour.retryAfterSeconds))
    if (answer === 'hang unheard') return { how: 'hang' }
    if (answer === 'empty') return answered(fake.answer([], state))
    const results = messages.map((message) => take(message, answer))
    await follow(results)
    if (answer === 'hang') return { how: 'hang' }
    if (answer === 'html') return answered(PAGE)
    const whole = fake.answer(shown(results, answer, behaviour.reorder), state)
    return { how: answer === 'cut' ? 'cut' : 'answer', answer: whole, latencyMs: behaviour.latencyMs }
  }

  const other = (request: FakeRequest): Reply => {
    const answer = fake.other?.(request, state) ?? { status: 404, body: { error: 'not found' } }
    const { method, url } = request
    ledger.write({ what: 'request', at: Date.now(), method, path: url.pathname, status: answer.status })
    return answered(answer)
  }

  return {
    state,
    poster,
    behave: (changes) => {
      behaviour = { ...behaviour, ...changes }
    },
    reply: async (request, inFlight) => {
      const call = fake.read(request, state)
      if (!call) return other(request)
      const messages = 'messages' in call ? call.messages : []
      const answer = 'messages' in call ? answerTo(messages, inFlight) : 'refused'
      ledger.write({ what: 'call', at: Date.now(), messages: messages.length, answer })
      return 'messages' in call ? send(messages, answer as Answer) : answered(call)
    },
  }
}

/** The results that the answer names. */
function shown(results: readonly Result[], answer: Answer, reorder: boolean): readonly Result[] {
  const named = answer === 'partial' ? results.filter((_, nth) => nth % 2 === 0) : results
  const ordered = reorder ? named.toReversed() : named
  if (answer !== 'no id') return ordered
  return ordered.map((result) => (result.code === undefined ? { ...result, id: undefined } : result))
}

function retryAfter(answer: FakeAnswer, seconds: number | null): FakeAnswer {
  return seconds === null ? answer : { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } }
}
