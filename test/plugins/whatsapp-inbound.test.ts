/** Messages and preferences of people, as Meta posts them. */
import { describe, expect, test } from 'bun:test'
import { entryOf, taken } from '../support/whatsapp-posts.ts'

const inboundOf = (more: object) => taken([entryOf([more])]).inbound

describe('a message of a person', () => {
  const contacts = [{ profile: { name: 'Wanjikũ' }, wa_id: '254712345678' }]
  const base = { from: '254712345678', id: 'wamid.in', timestamp: '1749416383' }
  const read = { id: 'wamid.in', from: '+254712345678', to: '+15550783881', at: 1_749_416_383_000 }

  test.each([
    ['text', { type: 'text', text: { body: ' Stop ' } }, ' Stop '],
    ['button with a payload', { type: 'button', button: { text: 'Keine Werbung', payload: 'STOP' } }, 'STOP'],
    ['button without one', { type: 'button', button: { text: 'Unsubscribe' } }, 'Unsubscribe'],
    [
      'reply button',
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'x', title: 'Cancel' } } },
      'Cancel',
    ],
    [
      'list',
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'x', title: 'Mail' } } },
      'Mail',
    ],
    ['picture with words', { type: 'image', image: { id: '1', caption: 'Taj Mahal' } }, 'Taj Mahal'],
    ['picture without words', { type: 'image', image: { id: '1' } }, ''],
    ['reaction', { type: 'reaction', reaction: { message_id: 'x', emoji: '👍' } }, ''],
    ['type that is not supported', { type: 'unsupported', errors: [{ code: 131051 }] }, ''],
  ])('of the kind %s', (_what, content, text) => {
    expect(inboundOf({ contacts, messages: [{ ...base, ...content }] })).toEqual([{ ...read, text }])
  })

  test('about a change of number is not one', () => {
    const system = { type: 'user_changed_number', wa_id: '12195555358', body: 'x' }
    expect(inboundOf({ messages: [{ ...base, type: 'system', system }] })).toEqual([])
  })

  test.each([
    [
      'both ids',
      { from: '254712345678', from_user_id: 'KE.1' },
      { wa_id: '254712345678', user_id: 'KE.1' },
      '+254712345678',
    ],
    ['the id in place of the phone', { from: 'KE.1' }, { wa_id: 'KE.1', user_id: 'KE.1' }, undefined],
    ['the id alone', { from: undefined, from_user_id: 'KE.1' }, { user_id: 'KE.1' }, undefined],
    [
      'a phone in the contact alone',
      { from: undefined, from_user_id: 'KE.1' },
      { wa_id: '254712345678', user_id: 'KE.1' },
      '+254712345678',
    ],
  ])('with a username has %s', (_what, names, contact, from) => {
    const messages = [{ ...base, ...names, type: 'text', text: { body: 'x' } }]
    expect(inboundOf({ contacts: [contact], messages })).toEqual([{ ...read, from, text: 'x' }])
  })
})

describe('a preference', () => {
  const preference = { wa_id: '254712345678', category: 'marketing_messages', value: 'stop', timestamp: 1_731_705_721 }
  const preferencesOf = (...user_preferences: object[]) =>
    taken([entryOf([{ user_preferences }], undefined, 'user_preferences')]).inbound

  test('to stop or to resume marketing is an intent without a text', () => {
    const inbound = { from: '+254712345678', to: '+15550783881', text: '', at: 1_731_705_721_000 }
    expect(preferencesOf(preference, { ...preference, value: 'resume' })).toEqual([
      { ...inbound, id: 'preference:254712345678:stop:1731705721000', intent: 'stop' },
      { ...inbound, id: 'preference:254712345678:start:1731705721000', intent: 'start' },
    ])
  })

  test('of another kind is left out', () => {
    expect(preferencesOf({ ...preference, value: 'snooze' }, { ...preference, category: 'utility' })).toEqual([])
  })

  test('of a person without a phone is kept, without one', () => {
    const { wa_id: _, ...nameless } = preference
    expect(preferencesOf({ ...nameless, user_id: 'KE.1' })).toMatchObject([{ from: undefined, intent: 'stop' }])
  })
})
