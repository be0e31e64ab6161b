/** Output of a run: one line a cell on the terminal, a table in RESULTS.md, every figure as JSON. */
import { cpus, release, totalmem, type } from 'node:os'
import type { CellResult } from './cell.ts'
import type { ModelResult } from './model.ts'

export function lineOf({
  part,
  fault,
  transport,
  idempotent,
  recoveryMs,
  seconds,
  breaches,
  doubts,
  ...counts
}: CellResult): string {
  const setup = `${transport}, ${idempotent ? 'idempotent' : 'not idempotent'}`
  const doubt = doubts === undefined ? '' : `${doubts} in doubt, `
  const figures = `${counts.faults} faults, ${counts.recipients} recipients, ${counts.lost} lost, ${counts.duplicated} duplicated, ${doubt}${counts.unknown} unknown`
  const line = `${breaches.length === 0 ? 'ok    ' : 'BROKEN'} ${part}: ${fault} (${setup}): ${figures}, recovered in ${recoveryMs} ms, ${seconds.toFixed(1)} s`
  return [line, ...breaches.map(({ rule, what }) => `       ${rule}: ${what}`)].join('\n')
}

export interface Run {
  readonly command: string
  readonly seed: number
  readonly seconds: number
  readonly versions: Readonly<Record<string, string>>
  readonly results: readonly CellResult[]
  readonly model?: ModelResult | undefined
}

export function reportOf({ command, seed, seconds, versions, results, model }: Run): string {
  const sum = (figure: (result: CellResult) => number) => results.reduce((all, one) => all + figure(one), 0)
  const duplicated = (idempotent: boolean) => sum((one) => (one.idempotent === idempotent ? one.duplicated : 0))
  const awaited = sum((one) => one.doubts ?? 0)
  const settled = awaited - sum((one) => (one.doubts === undefined ? 0 : one.unknown))
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`
  return `# What came of every fault

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)} in ${Math.round(seconds / 60)} minutes, with seed ${seed}: ${machine}; ${Object.entries(
    versions,
  )
    .map((pair) => pair.join(' '))
    .join(', ')}.

${results.length} cells, ${sum((one) => one.faults)} faults, ${sum((one) => one.recipients)} recipients: ${sum((one) => one.lost)} lost, ${duplicated(true)} duplicated with an idempotent provider, ${duplicated(false)} with one that is not, ${sum((one) => one.unknown)} in doubt and shown as \`unknown\`, ${sum((one) => one.breaches.length)} invariants broken. Over the fakes of real providers ${awaited} messages were in doubt because a worker was killed; receipts settled ${settled} of them, and the others were never accepted, or rule A4 would be broken.
${modelText(model)}
A cell is one campaign. *Lost*: no row, no outcome, or one that is not what the provider's ledger says. *Duplicated*: delivered more than once. *Unknown*: may have been delivered, and is not sent again, because the provider would deliver it again. *Recovered*: from a fault to the next delivery, or to the campaign's end; the longest. It is bounded by the lease, which is 1 second here, and by the provider's timeout of half a second; a queue on RabbitMQ that has no leader is made anew after two connections of ten seconds without one confirm.

| part | fault | queue | provider | faults | recipients | lost | duplicated | unknown | recovered, ms | broken |
|---|---|---|---|---|---|---|---|---|---|---|
${results.map(rowOf).join('\n')}
`
}

function modelText(model: ModelResult | undefined): string {
  if (!model) return ''
  return `\nBesides, ${model.histories} random histories of a campaign against a model in memory, the steps of two workers and a relay in every order, and statements that overlap on two connections: ${model.passed ? 'all held' : 'NOT all held'}.\n`
}

function rowOf(one: CellResult): string {
  const broken = [...new Set(one.breaches.map(({ rule }) => rule))].join(', ') || '-'
  const cells = [
    one.part,
    one.fault,
    one.transport,
    one.idempotent ? 'idempotent' : 'not idempotent',
    one.faults,
    one.recipients,
    one.lost,
    one.duplicated,
    one.unknown,
    one.recoveryMs,
    broken,
  ]
  return `| ${cells.join(' | ')} |`
}
