/** Introduction of the API's documentation. */
import type { About } from '../http/openapi.ts'

export const about: About = {
  name: 'campaign-dispatch',
  title: 'Campaign dispatch',
  description: 'Sends personalised SMS and WhatsApp campaigns and accounts for every recipient.',
  tags: {
    Campaigns: 'Creating and sending campaigns, and their recipients',
    Control: 'Pausing, resuming and cancelling campaigns, retrying failed messages',
    Customers: 'The people who receive messages',
    Segments: 'Rules that say which customers a campaign is for',
    Operations: 'Health and live figures of the service',
  },
}
