/** Policies that hold marketing messages of all campaigns. */
import { get } from '../../api/client.ts'
import type { Policies, PolicyPreset } from '../../api/types.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { Presets } from './presets.tsx'
import { QuietHoursCard } from './quiet-hours.tsx'

export default function PoliciesPage() {
  useTitle('Policies')
  const { data, error, loading, reload } = useQuery('policies', (signal) => get<Policies>('/policies', signal))
  const presets = useQuery(
    'presets',
    async (signal) => (await get<{ data: PolicyPreset[] }>('/policies/presets', signal)).data,
  )
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Policies</h1>
          <p className="meta">
            They hold for every campaign whose purpose is marketing. Campaigns of service, such as a reminder of an
            appointment, are sent whatever they say.
          </p>
        </div>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="policies" />}
      {data && <QuietHoursCard hours={data.quiet_hours} reload={reload} />}
      {presets.error !== undefined && <Failure error={presets.error} retry={presets.reload} />}
      {data && presets.data && <Presets presets={presets.data} hours={data.quiet_hours} reload={reload} />}
    </>
  )
}
