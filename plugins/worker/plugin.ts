/** The worker: claims chunks and hands their messages to the senders. Any number of processes may run it. */
import { definePlugin } from '../../core/host/plugin.ts'
import { config, needs } from './grant.ts'
import { openWork } from './work.ts'

export const worker = definePlugin({
  name: 'worker',
  needs,
  config,
  loops: openWork,
})
