/** Changes to the document of policies, which is replaced as a whole. */
import { get, write } from '../../api/client.ts'
import type { Policies } from '../../api/types.ts'

/**
 * The document is read again first, so that what others changed meanwhile stays, as do parts that this page does not know.
 * @param change the parts that become others
 */
export async function changePolicies(change: (policies: Policies) => Partial<Policies>): Promise<void> {
  const policies = await get<Policies>('/policies')
  await write('PUT', '/policies', { ...policies, ...change(policies) })
}
