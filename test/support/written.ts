/** Answers as people write them, by language and by what each must be read as. */
import type { WrittenIntent } from '../../core/messaging/text/keywords/keywords.ts'

type Written = Readonly<Record<WrittenIntent, readonly string[]>>

/** Texts between bars. */
const list = (text: string): string[] => text.split('|').map((one) => one.trim())

/** Characters that a bar would hide, or that nobody would see here. */
const odd: Written = {
  stop: [' stop ', 'STOP\n', 'ST\u200bOP', '\u202eSTOP\u202c', '\ufeffstop', 'STOP\u00a0'],
  near_stop: [],
  start: [],
  help: [],
  other: ['', '   '],
}

export const written: Readonly<Record<string, Written>> = {
  odd,
  en: {
    stop: list(`
      STOP | stop | Stop | STOP. | Stop! | stop!!! | "STOP" | “Stop” | 'stop' | (STOP) | *STOP* | _stop_ | STOP 🙏 |
      🛑 STOP 🛑 | stop😡😡 | S.T.O.P | s t o p | S-T-O-P | STOP STOP | stop stop stop! | #stop | ＳＴＯＰ | 𝐒𝐓𝐎𝐏 |
      stop? | >stop | STOP, | ...stop... | STOPALL | stop all | Stop All. | STOP-ALL | unsubscribe | Unsubscribe. |
      UNSUBSCRIBE!! | OPT OUT | opt-out | OptOut | Opt out! | quit | QUIT. | end | END | cancel | Cancel. | revoke |
      REMOVE | td | unsub`),
    near_stop: list(`
      please stop | Stop please | STOP promotions | stop promotions | no more | No more! | pls stop | stop it |
      stop now | Stop texting me | stop sending me messages | stop these sms | STOP thanks | I said STOP | stop 1 |
      STOP2 | stopp it! | Stooooop | STOPPPP | stpo | SOTP | Unsuscribe | unsubcribe | UNSUBSCRIBED | unsubscribe me |
      please unsubscribe | opt me out | I want to opt out | opting out | cancel please | cancel my subscription |
      cancel all | end now | quit please | take me off your list | Remove me | remove my number | leave me alone |
      not interested | Wrong number | spam | SPAM!!! | don't text me | Do not text me again | dont message me |
      DO NOT CONTACT ME | do not send me this | I don't want these | don't want to receive sms |
      who gave you my number? | stopnow | get lost | fuck off | I will report you | 🛑 | 🚫🚫 |
      Don't stop the music, but stop these messages | Stop. Who is this? | I am blocking you |
      Hi, how do I unsubscribe?`),
    start: list(`
      START | start | Start! | UNSTOP | unstop. | resume | Subscribe | OPT IN | opt-in | “start”`),
    help: list(`
      HELP | help | Help! | help? | INFO | info | 🙏 help`),
    other: list(`
      don't stop | Don’t stop! | dont stop | do not stop | never stop | can't stop laughing | Wont stop now | non-stop |
      nonstop | Non Stop service | bus stop | Meet me at the bus stop | next stop Nakuru | a pit stop | one-stop shop |
      I will stop by tomorrow | Can I stop over at your shop? | stopover | stopwatch | full stop | YES | yes |
      Yes please | NO | no | No thanks | ok | Okay | K | 👍 | ❤️ | ... | ? | Hi | Hello | When do you open? |
      How much is it? | the end | end of the month | weekend | See you at the weekend | cancel my order |
      I want to cancel my appointment | shop | STEP | top | started | I need help with my order | start tomorrow? |
      don't unsubscribe me | no more than 2 | removed | This is not spam, right? | The event ended | friend | send`),
  },
  sw: {
    stop: list(`
      ACHA | acha | Acha! | acheni | SITAKI | Sitaki. | ondoka | TOKA | toka! | simamisha | sitisha | niondoe | jitoe`),
    near_stop: list(`
      tafadhali acha | acha kunitumia ujumbe | sitaki tena | sitaki ujumbe wenu | wacha | wacha kunisumbua |
      msinitumie ujumbe | usinitumie sms tena | ondoa namba yangu | futa namba yangu | mnanisumbua | niacheni |
      futa ujumbe | toka kwa namba yangu | namba si yangu`),
    start: list(`
      ANZA | anza | endelea`),
    help: list(`
      MSAADA | msaada | MSAADA!`),
    other: list(`
      usiache | Msiache | toka lini? | natoka Nairobi | acha nione | ndiyo | hapana | bei gani? | sawa | asante sana |
      niko stage`),
  },
  fr: {
    stop: list(`
      ARRET | ARRÊT | arrêt | Arrêt. | arrêter | Arrêtez ! | désabonner | DESABONNER | désinscription | STOP SMS |
      stop pub | annuler | résilier`),
    near_stop: list(`
      stop svp | arrêtez de m’envoyer des messages | plus de messages | Je ne veux plus recevoir vos SMS |
      désabonnez-moi | laissez-moi tranquille | retirez moi de la liste | mauvais numéro | pas intéressé |
      ne me contactez plus | stop merci | annuler mon abonnement | ça suffit ! | ne m'envoyez plus rien`),
    start: list(`
      DÉMARRER | demarrer | reprendre`),
    help: list(`
      AIDE | aide | Aide !`),
    other: list(`
      n'arrêtez pas | Ne vous arrêtez pas ! | arrêt de bus | prochain arrêt Nation | sans arrêt | oui | non |
      fin de mois | merci | à quelle heure ?`),
  },
  es: {
    stop: list(`
      ALTO | alto | ¡ALTO! | BAJA | Baja. | parar | PARE | cancelar | darse de baja | Dar de baja | SALIR | basta |
      desuscribir`),
    near_stop: list(`
      no más | no mas mensajes | no quiero más mensajes | No me envíen más SMS | dejen de escribirme |
      dame de baja por favor | quiero darme de baja | déjenme en paz | número equivocado | no me interesa |
      cancelar suscripción ya | alto por favor | stop por favor | bórrenme de la lista`),
    start: list(`
      INICIAR | alta | reanudar`),
    help: list(`
      AYUDA | ¿ayuda? | información`),
    other: list(`
      no pares | ¡No paren! | sin parar | fin de semana | talla baja | quiero el más alto | sí | no | gracias |
      ¿cuánto cuesta? | planta baja`),
  },
  pt: {
    stop: list(`
      PARAR | parar. | Pare | SAIR | sair | cancelar | descadastrar | Descadastre | remover | desinscrever`),
    near_stop: list(`
      pare de me enviar mensagens | não quero mais receber | Não me mande mais nada | não envie mais |
      me tire da lista | me deixa em paz | número errado | não tenho interesse | parar por favor | sair da lista |
      stop por favor`),
    start: list(`
      INICIAR | começar | retomar`),
    help: list(`
      AJUDA | ajuda!`),
    other: list(`
      não pare | Não parem! | sem parar | vou sair agora | fim de semana | que horas chega? | sim | obrigado |
      se não me engano é hoje`),
  },
  de: {
    stop: list(`
      STOPP | Stopp! | abmelden | ABMELDEN | Abmeldung | abbestellen | aufhören | AUFHOEREN | Ende | kündigen |
      austragen`),
    near_stop: list(`
      bitte stopp | Stop bitte | Bitte mich abmelden! | keine SMS mehr | Keine Werbung | lasst mich in Ruhe |
      falsche Nummer | kein Interesse | Hören Sie auf | melden Sie mich ab | löschen Sie meine Nummer |
      meine Nummer löschen bitte`),
    start: list(`
      STARTEN | anmelden | fortsetzen`),
    help: list(`
      HILFE | Hilfe?`),
    other: list(`
      nicht aufhören | Hört nicht auf! | Nonstop | am Ende des Monats | Zwischenstopp | ja | nein | danke |
      Wann habt ihr offen?`),
  },
  ar: {
    stop: list(`
      إيقاف | ايقاف | توقف | تَوَقَّف | توقف! | قف | إلغاء | الغاء | إلغاء الاشتراك | أوقف | كفى | تـــوقف`),
    near_stop: list(`
      توقف من فضلك | أوقف الرسائل | لا ترسل لي | لا ترسلوا رسائل | لا أريد رسائل | احذف رقمي | رقم خطأ | غير مهتم |
      الرجاء إلغاء الاشتراك | وقفوا الرسائل`),
    start: list(`
      ابدأ | اشتراك | استئناف`),
    help: list(`
      مساعدة | مساعده`),
    other: list(`
      لا تتوقف | بدون توقف | نعم | لا | شكرا | كم السعر؟ | متى تفتحون | وقف إطلاق النار`),
  },
  hi: {
    stop: list(`
      बंद | बंद करो | बंद करें | बन्द करो | रोको | रोकें। | स्टॉप | रद्द करें | BAND KARO | band karo! | roko | हटाओ`),
    near_stop: list(`
      मैसेज बंद करो | कृपया बंद करें | मैसेज मत भेजो | नहीं चाहिए | गलत नंबर | मेरा नंबर हटाओ | mat bhejo |
      msg band karo | nahi chahiye | please band karo`),
    start: list(`
      शुरू | शुरू करें | shuru karo`),
    help: list(`
      मदद | सहायता | madad`),
    other: list(`
      बंद मत करो | मत रोको | दुकान बंद है? | हाँ | नहीं | धन्यवाद | band mat karo | dukan kab band hoti hai | बस स्टॉप |
      कितने का है?`),
  },
}
