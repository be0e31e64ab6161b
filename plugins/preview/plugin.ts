/** Preview: a campaign's text as one customer would get it. */
import { definePlugin } from '../../core/plugin.ts'
import { needs, previewRoutes } from './routes.ts'

export const preview = definePlugin({ name: 'preview', needs, routes: previewRoutes })
