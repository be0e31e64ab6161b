/** Templates of the fake WhatsApp Business Account, as Meta lists them. */

const body = (text: string) => ({ type: 'BODY', text })
const template = (name: string, language: string, status: string, components: readonly object[]) => ({
  name,
  language,
  status,
  category: 'MARKETING',
  id: `92007035264614${name.length}`,
  components,
})

export const whatsappTemplates = [
  template('spring_sale', 'en_US', 'APPROVED', [
    { type: 'HEADER', format: 'TEXT', text: 'Spring sale' },
    { ...body('Hi {{1}}, {{2}} is back! Reply STOP to opt out.'), example: { body_text: [['Amina', 'Shoes']] } },
    { type: 'FOOTER', text: 'Not interested? Tap Stop promotions' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Stop promotions' }] },
  ]),
  template('closed_today', 'sw', 'APPROVED', [body('Tumefunga leo.')]),
  template('summer_sale', 'en_US', 'PENDING', [body('Hi {{1}}!')]),
  template('catalogue', 'en_US', 'APPROVED', [{ type: 'HEADER', format: 'IMAGE' }, body('New: {{1}}')]),
  template('track_order', 'en_US', 'APPROVED', [
    body('Your order is on its way.'),
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Track', url: 'https://example.org/{{1}}' }] },
  ]),
  template('named', 'en_US', 'APPROVED', [body('Hi {{first_name}}!')]),
] as const
