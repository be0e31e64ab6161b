import { Elysia } from 'elysia'
import { idOf } from '../../core/http/edge.ts'
import { type PriceList, priceListSchema } from '../../core/messaging/prices/service.ts'
import type { PricesGrant } from './grant.ts'
import { getDocs, putDocs } from './schema.ts'

export const priceRoutes = ({ messaging: { prices }, log }: PricesGrant) =>
  new Elysia({ prefix: '/prices' })
    .get('', async () => view(await prices.get()), { detail: getDocs })
    .put(
      '',
      async ({ body, request }) => {
        const replaced = await prices.replace(body.prices)
        log.info({ request_id: idOf(request), prices: replaced.prices.length }, 'Price list replaced')
        return view(replaced)
      },
      { parse: 'json', body: priceListSchema, detail: putDocs },
    )

const view = ({ prices, source }: PriceList) => ({ prices: prices.map((price) => ({ ...price })), source })
