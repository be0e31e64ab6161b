/**
 * Words that people answer with, by language. Pure data: any spelling, since `normalize.ts` reads both sides.
 *
 * Sources: STOP, UNSUBSCRIBE, END, QUIT, STOPALL, REVOKE, OPTOUT, CANCEL are Twilio's defaults; ARRET, OPT-OUT, REMOVE, TD are
 * AWS's; STOP ALL is Telnyx's; "stop, quit, end, revoke, opt out, cancel, unsubscribe" are those of 47 CFR 64.1200(a)(10). START,
 * UNSTOP, HELP, INFO are Twilio's; AIDE is what Canada's carriers ask for. ONDOKA, TOKA and MSAADA are seen in Kenya. All others
 * are translations of these.
 */

export interface LanguageWords {
  /** A text that is one of these, and nothing else, opts out. Within a longer text it is a near miss. */
  readonly stop: readonly string[]
  /** They opt out as well, but mean many things within a sentence: there they count beside a word of `about` alone. */
  readonly stopAlone: readonly string[]
  readonly start: readonly string[]
  readonly help: readonly string[]
  /** Anywhere in a text: near misses. */
  readonly near: readonly string[]
  /** Subjects that one opts out of, for `stopAlone`. */
  readonly about: readonly string[]
  /** Phrases with a stop word that ask for nothing: they are taken out before near misses are looked for. */
  readonly harmless: readonly string[]
}

/** Words between commas. */
const list = (words: string): string[] => words.split(',').map((word) => word.trim())

const english: LanguageWords = {
  stop: list('stop, stop all, unsubscribe, opt out, revoke, unsub'),
  stopAlone: list('end, quit, cancel, remove, td'),
  // YES is none: it also answers the question of a campaign.
  start: list('start, unstop, resume, subscribe, resubscribe, opt in'),
  help: list('help, info'),
  near: list(`
    no more, leave me alone, take me off, remove me, remove my number, delete my number, lose my number,
    not interested, wrong number, wrong person, spam, spamming, do not disturb, do not contact, dont contact,
    do not text, dont text, stop it, do not message, dont message, do not send me, dont send me, do not send any,
    dont send any, dont want any, dont want your, dont want these, dont want to receive, do not want any,
    do not want your, do not want these, do not want to receive, dont want to get, stopit, stopsms, stopnow, stoptext,
    stopping these, unsubscribed, opting out, opted out, opt me out, block you, blocking you, blocked you, block this,
    fuck off, piss off, get lost, go away, who gave you my number, how did you get my number, reporting you,
    report you, harassment, harassing`),
  about: list(`
    message, messages, msg, msgs, text, texts, texting, sms, promo, promos, promotion, promotions, ad, ads, advert,
    adverts, offers, marketing, subscription, list, notifications, alerts, updates, my number, please, pls, plz, now,
    whatsapp, newsletter`),
  harmless: list(`
    dont stop, do not stop, never stop, never stops, not stop, cant stop, cannot stop, wont stop, didnt stop,
    doesnt stop, without stopping, no need to stop, why did you stop, why did it stop, non stop, nonstop, bus stop,
    bus stops, next stop, last stop, first stop, pit stop, full stop, one stop shop, one stop, stop by, stop over,
    stop in, stop at, stops at, stops by, stopping by, stopping at, stop sign, stop watch, short stop, rest stop,
    taxi stop, matatu stop, stop and shop, dont unsubscribe, do not unsubscribe, dont remove, do not remove,
    dont cancel, do not cancel, dont opt me out, no more than, the end, end of, month end, year end, week end,
    not spam, cancel order, cancel my order, cancel the order, cancel my booking, cancel my appointment, cancel it`),
}

const swahili: LanguageWords = {
  stop: list('acha, acheni, sitaki, simamisha, sitisha, komesha, niondoe, jiondoe, jitoe, nitoe'),
  stopAlone: list('ondoka, toka, ondoa, futa, mwisho'),
  start: list('anza, endelea, rudisha'),
  help: list('msaada, usaidizi, nisaidie'),
  near: list(`
    wacha, wacheni, acha kunitumia, acha ujumbe, sitaki tena, msinitumie, usinitumie, usitume, msitume,
    ondoa namba yangu, toa namba yangu, futa namba yangu, niache, niacheni, nimechoka na, mnanisumbua, unanisumbua,
    usumbufu, msinisumbue, usinisumbue, nitoeni, niondoeni, tafadhali acha, namba si yangu`),
  about: list('ujumbe, meseji, message, sms, namba, nambari, matangazo, tafadhali, mimi, yangu, hizi, kabisa'),
  harmless: list(`
    usiache, msiache, usikome, toka lini, toka jana, toka wapi, toka nairobi, toka asubuhi, acha nione, acha nifikirie,
    wacha nione, wacha nifikirie, wacha tuone, acha tuone, acha niangalie, wacha niangalie, mwisho wa, sitaki kukosa,
    usisitishe`),
}

const french: LanguageWords = {
  stop: list(`
    arrêt, arrêter, arrêtez, arrête, désabonner, désabonnement, désinscrire, désinscription, me désabonner,
    me désinscrire, stop sms, stop pub, stop tout`),
  stopAlone: list('annuler, résilier, fin, supprimer, retirer, retrait'),
  start: list('démarrer, commencer, reprendre, réabonner, abonner'),
  help: list('aide, assistance'),
  near: list(`
    plus de messages, plus de message, plus de sms, plus de pub, plus recevoir, plus rien recevoir,
    laissez moi tranquille, laisse moi tranquille, fichez moi la paix, foutez moi la paix, ça suffit, retirez moi,
    supprimez moi, supprimez mon numéro, effacez mon numéro, enlevez moi, désabonnez moi, désinscrivez moi,
    mauvais numéro, faux numéro, pas intéressé, pas intéressée, ne m’écrivez plus, ne me contactez plus,
    ne m’envoyez plus, harcèlement, arrêtez de, arrête de, cessez`),
  about: list('message, messages, sms, pub, pubs, publicité, abonnement, moi, numéro, liste, svp, merci, envois'),
  harmless: list(`
    ne vous arrêtez pas, ne t’arrête pas, n’arrêtez pas, n’arrête pas, n’arrêtez jamais, sans arrêt, ne pas arrêter,
    arrêt de bus, arrêt du bus, arrêt de tram, prochain arrêt, arrêt maladie, sans stop, en fin de, fin de, à la fin,
    auto stop, plus de message d’erreur`),
}

const spanish: LanguageWords = {
  stop: list(`
    parar, para ya, darse de baja, dar de baja, darme de baja, dame de baja, desuscribir, desuscribirme, desuscribirse,
    cancelar suscripción, basta, detener, deténganse`),
  stopAlone: list('alto, baja, pare, paren, cancelar, salir, fin, terminar, eliminar, quitar, borrar'),
  start: list('iniciar, alta, reanudar, empezar, comenzar, suscribir'),
  help: list('ayuda, información'),
  near: list(`
    no más, deje de, dejen de, deja de, no quiero más, no quiero recibir, no quiero mensajes, no me envíen,
    no me envíe, no me mande, no me manden, no me escriban, no me escriba, no me contacten, no me molesten,
    déjenme en paz, déjame en paz, bórrenme, quítenme, elimínenme, sáquenme, den de baja, número equivocado,
    no me interesa, no estoy interesado, no estoy interesada, no enviar más, no envíen más, dejad de`),
  about: list('mensaje, mensajes, sms, publicidad, promociones, anuncios, lista, número, suscripción, favor, ya'),
  harmless: list(`
    no pares, no paren, no pare, no parar, sin parar, para de bus, parada de bus, alto voltaje, más alto, muy alto,
    tan alto, no me des de baja, no dar de baja, no quiero perder, no quiero que paren, planta baja, temporada baja,
    talla baja, no deje de, no dejen de, fin de, al fin, por fin, basta con, baja de precio, precio baja, alto y claro,
    alto precio, precio alto, el alto, no quiero cancelar`),
}

const portuguese: LanguageWords = {
  stop: list('parar, descadastrar, descadastre, descadastro, cancelar inscrição, desinscrever'),
  stopAlone: list('cancelar, cancele, remover, remova, excluir, fim, encerrar, sair, pare'),
  start: list('iniciar, começar, retomar, inscrever'),
  help: list('ajuda, informação'),
  near: list(`
    pare de, parem de, para de mandar, para de enviar, não quero mais, não quero receber, não me envie, não envie,
    não envie mais, não mande, não mandem, não me mande, não me mandem, me tire da lista, me tira da lista,
    me deixe em paz, me deixa em paz, me remova, me remove, tire meu número, retire meu número, apague meu número,
    número errado, engano, não tenho interesse, não me interessa, sem mais mensagens, parem, chega de`),
  about: list('mensagem, mensagens, sms, propaganda, promoções, lista, número, inscrição, favor, anúncios, já'),
  harmless: list(`
    não pare, não para, não parem, nunca pare, sem parar, não cancele, não quero sair, não quero perder,
    não quero parar, vou sair, ao sair, fim de, fim do, no fim, sair de casa, não quero cancelar, se não me engano`),
}

const german: LanguageWords = {
  stop: list('stopp, abmelden, abmeldung, abbestellen, austragen, aufhören, aufhoeren, bitte abmelden'),
  stopAlone: list('ende, beenden, kündigen, löschen, schluss, abbrechen'),
  start: list('starten, anmelden, fortsetzen'),
  help: list('hilfe'),
  near: list(`
    keine sms mehr, keine nachrichten mehr, bitte keine nachrichten, bitte keine sms, keine werbung,
    nicht mehr schreiben, nicht mehr anschreiben, lasst mich in ruhe, lass mich in ruhe, lassen sie mich in ruhe,
    hört auf, hör auf, hören sie auf, kein interesse, falsche nummer, löschen sie meine nummer, meine nummer löschen,
    es reicht, melden sie mich ab, meldet mich ab, melde mich ab, nicht interessiert, belästigung, schluss damit`),
  about: list('nachricht, nachrichten, sms, werbung, abo, newsletter, nummer, liste, mich, bitte, sofort'),
  harmless: list(`
    nicht aufhören, hört nicht auf, hör nicht auf, nicht stoppen, ohne stopp, nonstop, zwischenstopp, nicht abmelden,
    nicht abbestellen, am ende, ende des, ende der, zu ende, keine nachrichten verpassen`),
}

const arabic: LanguageWords = {
  stop: list(`
    إيقاف, ايقاف, أوقف, اوقفوا, توقف, توقفوا, قف, وقف, إلغاء, الغاء, إلغاء الاشتراك, الغي الاشتراك, ألغ الاشتراك,
    إيقاف الاشتراك, ستوب, كفى, كفاية`),
  stopAlone: list('حذف, انهاء, إزالة, خروج, لا أريد'),
  start: list('ابدأ, بدء, اشتراك, استئناف'),
  help: list('مساعدة, معلومات'),
  near: list(`
    لا أريد رسائل, لا أريد المزيد, لا أريد استقبال, لا ترسل, لا ترسلوا, لا تراسلني, لا تراسلوني, مش عايز, ما أبغى,
    ما ابي, احذف رقمي, احذفوا رقمي, رقم خطأ, الرقم خطأ, غير مهتم, لست مهتما, اتركوني, ازعاج, وقفوا, بطلوا, لا تزعجني,
    لا تزعجوني, ايقاف الرسائل, إلغاء اشتراكي`),
  about: list('رسائل, الرسائل, رسالة, رقمي, الاشتراك, اشتراكي, اعلانات, الاعلانات, فضلك, القائمة'),
  harmless: list(`
    لا تتوقف, لا تتوقفوا, بدون توقف, دون توقف, بلا توقف, لا توقف, لا توقفوا, موقف الباص, لا أريد إلغاء, لا أريد إيقاف,
    وقف إطلاق النار, لا أريد أن أفوت`),
}

const hindi: LanguageWords = {
  stop: list(`
    बंद करो, बंद करें, बंद कीजिए, बन्द करो, रोको, रोकें, रोकिए, स्टॉप, सदस्यता रद्द, सदस्यता समाप्त, band karo,
    band kare, band karen, band kijiye, roko`),
  stopAlone: list('बंद, बन्द, रद्द, रद्द करें, हटाओ, हटाएं, समाप्त, निकालो, hatao'),
  start: list('शुरू, शुरू करें, शुरू करो, चालू, चालू करें, shuru, shuru karo, chalu karo'),
  help: list('मदद, सहायता, madad, sahayata'),
  near: list(`
    मत भेजो, मत भेजें, मत भेजिए, मत भेजना, नहीं चाहिए, परेशान मत, गलत नंबर, मेरा नंबर हटाओ, मेरा नंबर हटा दो,
    मैसेज बंद, संदेश बंद, मैसेज मत, mat bhejo, mat bhejiye, nahi chahiye, galat number, pareshan mat, message band,
    msg band, sms band, रुचि नहीं`),
  about: list('मैसेज, संदेश, एसएमएस, नंबर, विज्ञापन, सूची, कृपया, message, msg, number, mujhe, मुझे'),
  harmless: list(`
    बंद मत करो, बंद मत करना, बंद मत करें, बंद न करें, मत रोको, मत रुको, रुको मत, रोको मत, बंद नहीं, दुकान बंद, कब बंद,
    बस स्टॉप, नॉन स्टॉप, band mat karo, band mat karna, mat roko, roko mat, dukan band, kab band, बंद है, बंद हैं,
    band hai, बंद होती, बंद होता, band hoti, band hota`),
}

export const languages: readonly LanguageWords[] = [
  english,
  swahili,
  french,
  spanish,
  portuguese,
  german,
  arabic,
  hindi,
]
