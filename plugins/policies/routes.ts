import { Elysia } from 'elysia'
import { idOf } from '../../core/http/edge.ts'
import {
  type Cap,
  type PolicyView,
  policiesSchema,
  presets,
  type QuietHours,
} from '../../core/messaging/policy/service.ts'
import type { PoliciesGrant } from './grant.ts'
import { getDocs, presetsDocs, putDocs } from './schema.ts'

export const policyRoutes = ({ messaging: { policies }, log }: PoliciesGrant) =>
  new Elysia({ prefix: '/policies' })
    .get('', async () => view(await policies.get()), { detail: getDocs })
    .put(
      '',
      async ({ body, request }) => {
        const replaced = await policies.replace(body)
        const { quiet_hours, caps, min_gap_hours } = replaced
        const about = { quiet_hours: quiet_hours.length, caps: caps.length, min_gap_hours }
        log.info({ request_id: idOf(request), ...about }, 'Policies replaced')
        return view(replaced)
      },
      { parse: 'json', body: policiesSchema, detail: putDocs },
    )
    .get(
      '/presets',
      () => ({ data: presets.map((preset) => ({ ...preset, quiet_hours: hoursView(preset.quiet_hours) })) }),
      {
        detail: presetsDocs,
      },
    )

const view = ({ quiet_hours, caps, min_gap_hours }: PolicyView) => ({
  quiet_hours: hoursView(quiet_hours),
  caps: caps.map(capView),
  min_gap_hours,
})

const hoursView = (quietHours: readonly QuietHours[]) =>
  quietHours.map(({ days, ...hours }) => ({ ...hours, ...(days && { days: [...days] }) }))

const capView = ({ channel, ...cap }: Cap) => ({ ...cap, ...(channel && { channel }) })
