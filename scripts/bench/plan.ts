/** Size of a run: all of it in about 25 minutes, or each part in small in under 5. */
import { controls } from './keys.ts'
import type { Options } from './options.ts'

export interface Plan {
  /** Recipients of one campaign. */
  readonly recipients: number
  readonly rounds: number
  /** Recipients that go before, on the same processes, and are not measured: of ours and of the peers. */
  readonly warmUp: number
  /** Peers take far longer for each: they get fewer. */
  readonly peers: { readonly recipients: number; readonly rounds: number }
  readonly pglite: { readonly recipients: number; readonly rounds: number }
  readonly latency: { readonly seconds: number; readonly rounds: number }
  readonly growth: { readonly sizes: readonly [number, number, number]; readonly rounds: number }
  readonly send: { readonly recipients: number; readonly rounds: number }
  /** Recipients of the campaign whose receipts come, and of the one that is sent meanwhile. */
  readonly receipts: { readonly recipients: number }
  /** Time for which a sender's rate is watched. */
  readonly rates: { readonly seconds: number }
  /**
   * `behind`: messages that are there; `warmUp`: requests to each route that are not measured, and `seconds` that are;
   * calls to /send by how many ids each names.
   */
  readonly api: {
    readonly behind: number
    readonly warmUp: number
    readonly seconds: number
    readonly sends: readonly { readonly ids: number; readonly calls: number }[]
  }
  readonly first: { readonly campaigns: number }
  /** Campaigns that are due at once. */
  readonly due: { readonly campaigns: number }
  readonly startup: { readonly rounds: number }
  /** Measured after `settle` seconds, for what a start or a campaign leaves to be done. */
  readonly idle: { readonly settle: number; readonly seconds: number }
  readonly render: { readonly messages: number; readonly rounds: number }
  /** Recipients of a campaign, of each earlier one in another partition, and of one that goes before on the same connections. */
  readonly partitions: {
    readonly recipients: number
    readonly earlier: number
    readonly warmUp: number
    readonly rounds: number
  }
  /** Customers that rules are held against. */
  readonly segments: { readonly customers: number; readonly rounds: number }
  /** Customers who are all sent to by a rule. */
  readonly audience: { readonly customers: number; readonly rounds: number }
}

const full: Plan = {
  recipients: 200_000,
  rounds: 5,
  warmUp: 50_000,
  peers: { recipients: 50_000, rounds: 3 },
  pglite: { recipients: 100_000, rounds: 3 },
  latency: { seconds: 5, rounds: 2 },
  growth: { sizes: [10_000, 100_000, 1_000_000], rounds: 3 },
  send: { recipients: 100_000, rounds: 7 },
  receipts: { recipients: 200_000 },
  rates: { seconds: 60 },
  api: {
    behind: 1_000_000,
    warmUp: 2000,
    seconds: 4,
    sends: [
      { ids: 500, calls: 320 },
      { ids: 20_000, calls: 64 },
      { ids: 100_000, calls: 32 },
    ],
  },
  first: { campaigns: 100 },
  due: { campaigns: 5000 },
  startup: { rounds: 3 },
  idle: { settle: 60, seconds: 20 },
  render: { messages: 1_000_000, rounds: 5 },
  partitions: { recipients: 10_000, earlier: 20_000, warmUp: 50_000, rounds: 31 },
  segments: { customers: 1_000_000, rounds: 5 },
  audience: { customers: 3_000_000, rounds: 2 },
}

const quick: Plan = {
  recipients: 40_000,
  rounds: 2,
  warmUp: 5000,
  peers: { recipients: 10_000, rounds: 1 },
  pglite: { recipients: 20_000, rounds: 1 },
  latency: { seconds: 1, rounds: 1 },
  growth: { sizes: [5000, 20_000, 100_000], rounds: 1 },
  send: { recipients: 100_000, rounds: 3 },
  receipts: { recipients: 40_000 },
  rates: { seconds: 5 },
  api: {
    behind: 200_000,
    warmUp: 500,
    seconds: 1,
    sends: [
      { ids: 500, calls: 32 },
      { ids: 20_000, calls: 32 },
    ],
  },
  first: { campaigns: 20 },
  due: { campaigns: 1000 },
  startup: { rounds: 1 },
  idle: { settle: 3, seconds: 10 },
  render: { messages: 1_000_000, rounds: 3 },
  partitions: { recipients: 5000, earlier: 5000, warmUp: 20_000, rounds: 5 },
  segments: { customers: 100_000, rounds: 2 },
  audience: { customers: 500_000, rounds: 1 },
}

export function planOf(options: Pick<Options, 'quick' | 'rounds' | 'recipients'>): Plan {
  const plan = options.quick ? quick : full
  const { rounds, recipients = plan.recipients } = options
  if (rounds === undefined) return { ...plan, recipients }
  return {
    ...plan,
    recipients,
    rounds,
    peers: { ...plan.peers, rounds },
    pglite: { ...plan.pglite, rounds },
    latency: { ...plan.latency, rounds },
    growth: { ...plan.growth, rounds },
    send: { ...plan.send, rounds },
    startup: { rounds },
    render: { ...plan.render, rounds },
    partitions: { ...plan.partitions, rounds },
    segments: { ...plan.segments, rounds },
    audience: { ...plan.audience, rounds },
  }
}

/** The control loops are as fast as to be measured as we are. */
export const peerPlan = (plan: Plan, name: string) =>
  controls.includes(name) ? { recipients: plan.recipients, rounds: plan.rounds } : plan.peers
