/** The API as its documentation introduces it. */
import type { About } from '../http/openapi.ts'

export const about: About = {
  name: 'campaign-dispatch',
  title: 'Campaign dispatch',
  description: 'Sends personalised SMS and WhatsApp campaigns and accounts for every recipient.',
  tags: {
    Campaigns: 'Campaigns, their recipients and their sending',
    Control: 'Pausing, resuming and ending a campaign, and another try for what failed',
    Customers: 'The people who are written to',
    Operations: 'The state of the service',
  },
}
