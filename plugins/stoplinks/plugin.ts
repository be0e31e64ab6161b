/** Stop links: the pages on which recipients opt out. */
import { definePlugin } from '../../core/host/plugin.ts'
import { needs } from './grant.ts'
import { stopLinkRoutes } from './routes.ts'

export const stoplinks = definePlugin({ name: 'stoplinks', needs, routes: stopLinkRoutes })
