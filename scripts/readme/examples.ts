/** The README's examples: curl commands, each with its answer below it. They are run in their order, on one server. */
import { spawnSync } from 'node:child_process'
import type { CampaignView } from '../../core/messaging/campaign/views.ts'

export interface Example {
  /** The `sh` block. */
  readonly command: string
  /** The `json` block that follows it. */
  readonly answer: string
  /** The HTTP status that the sentence before names as `status 400`; where it names none, it is a success. */
  readonly status: number | undefined
}

export interface Answered {
  readonly status: number
  readonly answer: unknown
}

/** Settings of the examples: the sample data alone, and a mock sender that does the same each time. */
export const exampleSettings = { MOCK_SEED: '1', LOG_LEVEL: 'warn' }

const pattern = /(?<sentence>[^\n]*)\n+```sh\n(?<command>[^`]*)\n```\n\n```json\n(?<answer>[^`]*)\n```/g

export function findExamples(readme: string): Example[] {
  return [...readme.matchAll(pattern)].map(({ groups }) => {
    const { sentence = '', command = '', answer = '' } = groups ?? {}
    const status = /\bstatus (\d{3})\b/.exec(sentence)?.[1]
    return { command, answer, status: status === undefined ? undefined : Number(status) }
  })
}

/** @param answers in the order of the examples */
export function writeAnswers(readme: string, answers: readonly string[]): string {
  let next = 0
  return readme.replace(pattern, (block: string, ...groups: unknown[]) => {
    const { answer } = groups.at(-1) as { answer: string }
    const head = block.slice(0, block.length - `${answer}\n\`\`\``.length)
    return `${head}${answers[next++] ?? answer}\n\`\`\``
  })
}

/** The times at which something was made or changed: all that differs from one run to the next. */
export const withoutTimes = (answer: string): string =>
  answer.replace(/("(?:created|updated|captured)_at": )"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '$1"<time>"')

/** Runs them one after the other; a campaign that one of them sends is over, and its receipts are in, before the next is run. */
export async function runExamples(examples: readonly Example[], url: string): Promise<Answered[]> {
  const answered: Answered[] = []
  for (const { command } of examples) {
    const { path, init } = readCurl(command)
    const response = await fetch(url + path, init)
    answered.push({ status: response.status, answer: await response.json() })
    const sent = response.ok ? /^(\/campaigns\/\d+)\/send$/.exec(path)?.[1] : undefined
    if (sent) await untilOver(url + sent)
  }
  return answered
}

async function untilOver(campaign: string): Promise<void> {
  for (;;) {
    const { status, stats } = (await (await fetch(campaign)).json()) as Pick<CampaignView, 'status' | 'stats'>
    if (status !== 'sending' && stats.delivered + stats.undelivered === stats.sent) return
    await Bun.sleep(50)
  }
}

const ADDRESS = 'http://localhost:8080'

interface Call {
  readonly path: string
  readonly init: RequestInit
}

/** Request that curl would send. The shell splits the command into words; only the options that occur are known. */
function readCurl(command: string): Call {
  const words = shellWords(command)
  const headers = new Headers()
  let path: string | undefined
  let body: string | undefined
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-H') headers.append(...header(words.shift() ?? ''))
    else if (word === '-d') body = words.shift()
    else if (word.startsWith(ADDRESS)) path = word.slice(ADDRESS.length)
    else if (word !== '-s') throw new Error(`Cannot run the example: "${word}" is not understood in\n${command}`)
  }
  if (path === undefined) throw new Error(`Cannot run the example: it calls nothing at ${ADDRESS}:\n${command}`)
  return { path, init: body === undefined ? { headers } : { method: 'POST', headers, body } }
}

const header = (text: string): [string, string] => [text.split(':')[0] ?? '', text.split(/:(.*)/s)[1]?.trim() ?? '']

/** The arguments that the shell would give to curl: a function of that name prints them. */
function shellWords(command: string): string[] {
  const program = `curl() { printf '%s\\0' "$@"; }\n${command}`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', program], { encoding: 'utf8' })
  if (status !== 0 || stderr) throw new Error(`Cannot run the example:\n${command}\n${stderr}`)
  return stdout.split('\0').slice(0, -1)
}
