import { Elysia } from 'elysia'
import { idOf } from '../../core/http/edge.ts'
import { policiesSchema, presets, type QuietHours } from '../../core/messaging/policy/service.ts'
import type { PoliciesGrant } from './grant.ts'
import { getDocs, presetsDocs, putDocs } from './schema.ts'

export const policyRoutes = ({ messaging: { policies }, log }: PoliciesGrant) =>
  new Elysia({ prefix: '/policies' })
    .get('', async () => view(await policies.get()), { detail: getDocs })
    .put(
      '',
      async ({ body, request }) => {
        const replaced = await policies.replace(body)
        log.info({ request_id: idOf(request), quiet_hours: replaced.quiet_hours.length }, 'Policies replaced')
        return view(replaced)
      },
      { parse: 'json', body: policiesSchema, detail: putDocs },
    )
    .get('/presets', () => ({ data: presets.map((preset) => ({ ...preset, ...view(preset) })) }), {
      detail: presetsDocs,
    })

const view = ({ quiet_hours }: { readonly quiet_hours: readonly QuietHours[] }) => ({
  quiet_hours: quiet_hours.map(({ days, ...hours }) => ({ ...hours, ...(days && { days: [...days] }) })),
})
