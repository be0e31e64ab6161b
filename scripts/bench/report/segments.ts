/** Report of the preview of segments. Pure. */
import { table, write } from '../format.ts'
import { rulesOf } from '../segment-rules.ts'
import type { Run } from './run.ts'

export function segmentsSection({ plan, figures }: Run): string {
  const rows = Object.entries(rulesOf([1, 2])).map(([key, { title, indexed }]) => {
    const figure = figures[`segments.${key}.ms`]
    return [
      title,
      indexed ? 'yes' : '',
      ...(['median', 'min', 'max'] as const).map((name) => write(figure?.[name], 'ms')),
    ]
  })
  return `## Segments

\`POST /segments/preview\` over ${write(plan.segments.customers, 'plain')} customers with four attributes, two campaigns with messages of half of them each: the exact number of customers who fit the rule, and the first ten.

${table(['rule', 'index', 'median', 'least', 'most'], rows)}
`
}
