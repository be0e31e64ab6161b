/** Words of the pages, by language. */

export interface Words {
  readonly title: string
  readonly question: string
  readonly stop: string
  readonly done: string
  readonly undo: string
  readonly undone: string
  readonly gone: string
}

const words: Readonly<Record<string, Words>> = {
  en: {
    title: 'Messages',
    question: 'Do you want to stop receiving our messages?',
    stop: 'Stop messages',
    done: 'You will receive no more messages from us.',
    undo: 'Undo',
    undone: 'You will continue to receive our messages.',
    gone: 'This link is no longer valid.',
  },
  sw: {
    title: 'Ujumbe',
    question: 'Je, ungependa kuacha kupokea ujumbe wetu?',
    stop: 'Acha ujumbe',
    done: 'Hutapokea tena ujumbe kutoka kwetu.',
    undo: 'Tengua',
    undone: 'Utaendelea kupokea ujumbe wetu.',
    gone: 'Kiungo hiki hakitumiki tena.',
  },
  fr: {
    title: 'Messages',
    question: 'Souhaitez-vous ne plus recevoir nos messages ?',
    stop: 'Ne plus recevoir de messages',
    done: 'Vous ne recevrez plus de messages de notre part.',
    undo: 'Annuler',
    undone: 'Vous continuerez à recevoir nos messages.',
    gone: 'Ce lien n’est plus valable.',
  },
  es: {
    title: 'Mensajes',
    question: '¿Desea dejar de recibir nuestros mensajes?',
    stop: 'No recibir más mensajes',
    done: 'Ya no recibirá más mensajes nuestros.',
    undo: 'Deshacer',
    undone: 'Seguirá recibiendo nuestros mensajes.',
    gone: 'Este enlace ya no es válido.',
  },
  pt: {
    title: 'Mensagens',
    question: 'Deseja deixar de receber as nossas mensagens?',
    stop: 'Não receber mais mensagens',
    done: 'Não receberá mais mensagens nossas.',
    undo: 'Desfazer',
    undone: 'Continuará a receber as nossas mensagens.',
    gone: 'Este link já não é válido.',
  },
  de: {
    title: 'Nachrichten',
    question: 'Möchten Sie keine Nachrichten mehr von uns erhalten?',
    stop: 'Keine Nachrichten mehr',
    done: 'Sie erhalten keine Nachrichten mehr von uns.',
    undo: 'Rückgängig',
    undone: 'Sie erhalten weiterhin Nachrichten von uns.',
    gone: 'Dieser Link ist nicht mehr gültig.',
  },
  ar: {
    title: 'الرسائل',
    question: 'هل تريد التوقف عن استلام رسائلنا؟',
    stop: 'إيقاف الرسائل',
    done: 'لن تصلك أي رسائل منا بعد الآن.',
    undo: 'تراجع',
    undone: 'ستستمر في استلام رسائلنا.',
    gone: 'هذا الرابط لم يعد صالحا.',
  },
}

const fallback = 'en'

/**
 * @param language of the customer; null where it is not known
 * @param accepted what the browser prefers, `Accept-Language`
 */
export function wordsFor(
  language: string | null,
  accepted: string | null,
): { readonly language: string; readonly words: Words } {
  const wanted = [language ?? '', ...(accepted ?? '').slice(0, 200).split(',')]
  const known = wanted
    .map((one) => /^\s*([a-z]{2})\b/i.exec(one)?.[1]?.toLowerCase() ?? '')
    .find((one) => Object.hasOwn(words, one))
  const chosen = known ?? fallback
  return { language: chosen, words: words[chosen] as Words }
}
