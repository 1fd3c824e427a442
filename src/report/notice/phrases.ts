// Words by which notices are known, in the languages mail systems write. All lower-cased, plain, matched as substrings.

/** A table of phrases: `|` separates them, lines group them. */
export function list(table: string): readonly string[] {
  return table
    .split('|')
    .map(phrase => phrase.trim())
    .filter(phrase => phrase !== '')
}

/** Names under which mail systems report, in the address or the display name of From. */
export const systemSenders = list(`
  mailer-daemon | mailerdaemon | mail-daemon | maildaemon | mailer_daemon | mailer daemon | mdaemon@ |
  postmaster | post_master | post-master | mail delivery | mail-delivery | mail.delivery | maildelivery |
  delivery subsystem | delivery failure |   
  mail system | mail administrator | mail subsystem | system administrator | systemadministrator |
  posta-certificata@ | microsoft exchange | microsoft outlook | smtp_mail_service |  bounce-notification |
  administrateur système | administrador del sistema | amministratore di sistema |
  administrador do sistema | systeembeheerder | systemadministratör | administrator systemu |
  системный администратор
`)

/** Senders that are never a person, unlike postmasters and administrators. */
export const daemons = list(`
  mailer-daemon | mailerdaemon | mailer_daemon | mailer daemon | mail-daemon | maildaemon
`)

/** Subjects of failure notices. */
export const failureSubjects = list(`
  delivery failure | delivery failed | delivery has failed | failed delivery | failure delivery |
  delivery error | delivery problem |   
  delivery unsuccessful | failure notice | failure notification | undeliverable | undelivered | undelivery |
  unable to deliver | non-delivery | non delivery | nondeliverable | non deliverable | nondelivery |
  not delivered | not deliverable | could not be delivered | cannot be delivered | could not deliver |
  returned mail | mail returned | returned to sender | returning to sender | returning message to sender |
  return to sender | returned email | returned message | message returned | mail failed | mail failure |
  mail error |  mail system error |  
  message you sent blocked | processing error | error sending your mail | rejected mail | mail rejected |
  message rejected | email rejected | message was rejected | message was blocked | mail was rejected | mail was blocked | user unknown | unknown user | mailbox full | mailbox is full |
  bounced | permanent failure | permanent error | mail warning | warning: message |
  (failure) | warning: could not send | delayed mail | message delayed | e-mail error | email error |
   address not found | address unknown | invalid address |
  unzustellbar | nicht zugestellt | zustellung fehlgeschlagen | zustellungsfehler | zustellfehler |
  fehler bei der zustellung | zustellbenachrichtigung | unzustellbare | nicht zustellbar | mail-zustellung |
  non remis | non délivré | non delivre | non distribué | échec de la remise | échec de remise |
  échec d'envoi | echec de la remise | impossible de remettre | notification d'échec | courrier retourné |
  retour de courrier | erreur d'envoi | échec de la distribution |
  no se puede entregar | no se pudo entregar | no entregado | no entregable | error de entrega |
  error en la entrega | fallo en la entrega | correo devuelto | mensaje devuelto | entrega fallida |
  notificación de error | notificación de estado de entrega |
  mancato recapito | mancata consegna | non recapitabile | impossibile recapitare | errore di consegna |
  consegna fallita | messaggio non consegnato |
  não entregue | nao entregue | falha na entrega | falha de entrega | não é possível entregar |
  não foi possível entregar | mensagem devolvida |
  onbestelbaar | niet bezorgd | niet afgeleverd | bezorging mislukt | kan niet worden bezorgd |
  olevererat | kunde inte levereras | kan inte leverera | kunne ikke leveres | ikke leveret | ikke levert |
  leveringsfejl | leveringsfeil | toimitus epäonnistui | ei voitu toimittaa |
  nie można dostarczyć | niedostarczon | nie dostarczono | zwrot wiadomości | nedoručitelná |
  nedoručitelné | nelze doručit | nedoručiteľná | не доставлено | недоставлен | не может быть доставлено |
  невозможно доставить | не удалось доставить | ошибка доставки | сбой доставки | возврат письма |
  не доставлена |
  teslim edilemedi | teslim edilemiyor | iletilemedi | kézbesíthetetlen | nem kézbesíthető | nelivrat |
  αδυναμία παράδοσης | μη παραδοτέ | δεν παραδόθηκε | nedoručen | niedoręczon | nie doręczono | не удается доставить |
  не удаётся доставить | не вдалося доставити | kan ikke leveres | recapito non riuscito | toimittamaton |
  không gửi được | không thể gửi | thư bị trả lại | לא נמסר | לא ניתן למסור | ไม่สามารถส่ง | ส่งไม่สำเร็จ | تعذر التسليم | تعذر تسليم | gagal terkirim |
  neisporuč | nije isporuč | 未传递 | 未傳遞 | 배달할 수 없 |
  配信不能 | 配信できません | 配信エラー | 配送エラー | 送信できません | 送信エラー | 未配信 | 配信失敗 | 不達 | 配送不能 | 返送 | 退信 | 无法送达 | 无法投递 | 投递失败 |
  发送失败 | 未送达 | 被退回 | 無法傳遞 | 無法傳送 | 無法送達 | 寄送失敗 | 退回 | 반송 | 배달 실패 | 전송 실패 | 전달할 수 없 | 배달되지 않
`)

/** Subjects of notices of any outcome. */
export const noticeSubjects = list(`
  delivery report | delivery notification | delivery status | mail delivery | message delivery | email delivery |
  mail status report | message status
`)

/** Sentences of good news, which a notice may bring as well. */
export const successTexts = list(`
  successfully delivered | was delivered to | has been delivered | have been delivered | were delivered to |
  successfully relayed | was successfully | delivery was successful | successful mail delivery |
  successful delivery notification | delivered successfully | message was delivered | mail was delivered |
  is complete, but no delivery notification was sent | was relayed to | has been relayed |
  erfolgreich zugestellt | wurde zugestellt | wurde übermittelt | a été remis | ont été remis | se ha entregado |
  ha sido entregado | è stato recapitato | è stato consegnato | foi entregue | is bezorgd | is afgeleverd |
  har levererats | er leveret | er levert | on toimitettu | została dostarczona | zostało dostarczone | доставлено адресат |
  было доставлено | 配信されました | 配信が完了 | 已送达 | 已传递 | 已送達 | 배달되었습니다 | teslim edildi
`)

/** How subjects of good news begin: Exchange and Domino write them, in the languages of the server. */
export const successSubjects = list(`
  delivered: | relayed: | expanded: | zugestellt: | übermittelt: | weitergeleitet: | remis : | remis: | relayé : |
  entregado: | entregue: | recapitato: | consegnato: | bezorgd: | afgeleverd: | levererat: | leveret: | levert: |
  dostarczono: | доставлено: | 配信済み: | 已送达: | 已传递: | 배달됨: | teslim edildi:
`)

/** Sentences that state a failure, in the text of notices. */
export const failureTexts = list(`
  delivery of the email was stopped | delivery was stopped | could not deliver your mail |
  could not be delivered | couldn't be delivered | cannot be delivered | can't be delivered |
  can not be delivered | could not deliver | couldn't deliver | could not be sent | was not delivered |
  wasn't delivered | not been delivered | were not delivered | not delivered to | unable to deliver |
  wasn't able to deliver | not able to deliver | failed to deliver | failed to send | delivery failed |
  delivery has failed | failed permanently | delivery failure | delivery to the following |
  delevery to the following | undeliverable | undelivered | did not reach | did not receive |
  has been returned | being returned | returned because | returned to you | permanent error |
  permanent fatal error | fatal error | permanent failure | had delivery problems | delivery problems |
  delivery error | error was encountered | error occurred while | error has occurred while |
  error delivering | trouble delivering | problem delivering | problems delivering |
  error while delivering | rejected your message | rejected your email | your message was rejected |
  your email was rejected | your mail was rejected | your message has been rejected | your message was blocked |
  your message has been blocked | could not be reached |
  failed recipients | failed addresses | returned the following error | non-delivery | nondelivery |
  invalid final delivery |
  nicht zugestellt | nicht ausgeliefert | zustellung fehlgeschlagen | unzustellbar | nicht übermittelt |
  nicht zustellbar | fehlgeschlagen | alle empfänger nicht erreicht |
  n'a pas pu être | n'a pas pu etre | n'ont pas pu être | n'a pas été remis | n'a pu être | non remis |
  échec de la remise | impossible de remettre | n'a pas été délivré | n'a pas atteint certains |
  no se pudo entregar | no pudo ser entregado | no ha podido ser entregado | no se ha podido entregar |
  no se puede entregar | no fue posible entregar | no ha sido posible entregar | no se entregó |
  no pudo entregarse | no llegó a alguno | no ha llegado a alguno |
  non può essere consegnato | non è stato possibile recapitare | non è stato recapitato |
  impossibile recapitare | non è stato possibile consegnare | non e stato possibile |
  non è stato consegnato | mancato recapito | non ha raggiunto alcuni |
  não pôde ser entregue | não pode ser entregue | não foi possível entregar | nao pode ser enviada |
  não foi entregue | falha na entrega |
  niet worden afgeleverd | niet worden bezorgd | niet bezorgd | onbestelbaar | niet afgeleverd |
  kon niet worden verzonden |
  kunde inte levereras | gick inte att leverera | kan inte levereras | kunne ikke leveres |
  blev ikke leveret | ei voitu toimittaa | toimitus epäonnistui |
  nie można dostarczyć | nie mogła zostać dostarczona | nie została dostarczona | nie może być dostarczona |
  nelze doručit | nebylo možné doručit | nemohla být doručena | не может быть доставлено | не доставлено |
  невозможно доставить | не удалось доставить | не было доставлено | не может быть отправлено |
  не была доставлена |
  teslim edilemedi | teslim edilemiyor | iletilemedi | iletiniz gönderilemedi | nem kézbesíthető | kézbesítése sikertelen |
  ไม่สามารถส่ง | ส่งไม่สำเร็จ | bezorging is mislukt | recapito non riuscito | levering mislykkedes | levering mislyktes | leveransen misslyckades |
  не удалось выполнить доставку | 传递邮件失败 | 傳遞郵件失敗 | 傳遞失敗 | 传递失败 | 배달하지 못했 | 配信に失敗 |
  送信できません | 配信できません | 配信されません | 配送できません | 届けできません | 配達できません | エラーのため | 送信に失敗 | 配信に失敗 | 見つかりません | 存在しません |
  エラーが発生 | 无法送达 | 无法投递 | 投递失败 | 发送失败 | 未能送达 | 未送达 | 被退回 | 退信 | 無法傳遞 | 無法傳送 | 無法送達 | 無法寄送 | 遭到退回 | 无法发送 | 전달할 수 없 | 전달되지 못 | 배달되지 못 | 전송하지 못 |
  배달할 수 없 | 전송되지 않 | 배달되지 않 | 반송되었
`)

/** Why mail is refused. Policies, statistics and digests say so too: the cause alone states no failure of a mail. */
export const refusalTexts = list(`
  has been quarantined | was quarantined | did not like |
  rejected by | was rejected | has been rejected | automatically rejected | was blocked | has been blocked |
  invalid user address | unknown user | user unknown | no such user | mailbox is full | mailbox full |
  mailbox exceeds | over quota | quota exceeded | exceeded quota | disk quota |
  unknown recipient | recipient unknown | is not accepting | not accepting mail | does not exist |
  address rejected | is not valid | not a valid | account has been disabled | account is disabled |
  no longer active | is no longer in use | no longer valid | doesn't have a
`)

/** Lines after which the recipients that failed are listed. */
export const announcements = list(`
  following address | following recipient | following user | following destination | following email |
  following e-mail | these recipients | these addresses | this address | this recipient |
  list of recipients | recipient(s) | recipients: | failed recipients | failed addresses | address failed |
  addresses failed | address(es) failed | failed: | not delivered to | be delivered to | deliver to |
  delivering to | deliver message to | deliver your message to | deliver the message to |
  deliver the mail to | undeliverable to | undeliverable recipient | delivery to | problems delivering |
  had delivery problems | permanent fatal errors | fatal errors | transient non-fatal errors |
  failure reasons | did not reach | did not receive | could not be reached | following people |
  to the following | has not yet been delivered is | has not yet been delivered are | affected |
  with the following errors | the following error | could not be delivered | unable to deliver |
  can not be delivered | cannot be delivered | couldn't be delivered | permanent error |
  recipients or groups | empfänger oder gruppen | destinataires ou groupes | destinatarios o grupos |
  destinatari o gruppi | destinatários ou grupos | geadresseerden of groepen | mottagare eller grupper |
  modtagere eller grupper | mottakere eller grupper | adresatów lub grup | adresatom lub grupom |
  příjemcům nebo skupinám | получателям или группам | alıcılara veya gruplara | 收件人或组 | 收件者或群組 | 받는 사람 또는 그룹 |
  folgende empfänger | folgenden empfänger | folgende adresse | folgenden adresse | an die folgende |
  destinataires suivants | destinataire suivant | adresse suivante | adresses suivantes |
  siguiente dirección | siguientes direcciones | siguientes destinatarios | siguiente destinatario |
  seguenti destinatari | seguente destinatario | seguente indirizzo | seguintes destinatários |
  seguinte destinatário | seguintes endereços | seguinte endereço | volgende ontvanger |
  volgende geadresseerde | volgende adres | följande mottagare | följande adress | følgende modtager |
  følgende mottaker | seuraavalle | następujących odbiorców | następującego odbiorcy |
  następującym adresatom | następujących adresów | следующему адресу | следующим адресам |
  следующих получателей | следующим получателям | нескольким получателям | нескольким адресатам | 次のあて先 |
  次の宛先 | 以下のメールアドレス | 以下の宛先 | 次の受信者 | 以下のアドレス | 以下收件人 | 下列收件人 | 以下地址 | 收件人 | 다음 받는 사람 | 다음 수신자
`)

/** Subjects of what a mail system tells its own users and operators. */
export const housekeepingSubjects = list(`
  quota warning | quota report | quota alert | quota notification | quota notice | disk usage | disk space |
  usage report | storage warning | storage limit | mailbox size | mailbox is almost full | mailbox almost full |
  mailbox is nearly full | almost out of space | approaching its limit |
  spam report | spam digest | spam summary | junk report | quarantine | statistics | logwatch | log report |
  rejected mail summary | summary of | flow report | daily report | weekly report | monthly report | daily summary | weekly summary | digest |
  dmarc report | dmarc aggregate | dmarc failure report | report domain: | tls report |
  welcome to | mailbox created | account created | account was created | new mailbox | new account |
  password | verify your | confirm your | maintenance | mail policy |
  speicherplatz | postfach fast voll | postfach ist fast voll | quota-warnung | spam-bericht | spambericht |
  quarantänebericht | statistik | willkommen | passwort | kennwort | wartung |
  avertissement de quota | rapport de spam | rapport de quarantaine | statistiques | bienvenue | mot de passe |
  aviso de cuota | informe de spam | informe de cuarentena | estadísticas | bienvenido | contraseña |
  avviso di quota | rapporto spam | statistiche | benvenuto | relatório de spam | estatísticas | bem-vindo | senha
`)

/** Subjects of automatic answers. */
export const autoReplySubjects = list(`
  out of office | out of the office | out-of-office | ooo: | automatic reply | automatic response |
  automated reply | automated response | auto reply | auto-reply | autoreply | auto: | auto response |
  auto-response | autoresponse | autoresponder | auto responder | vacation | away from my mail |
  away from the office | away from my desk | on holiday | on leave | annual leave | maternity leave |
  i am away | i'm away | currently away | abwesenheitsnotiz | abwesenheit | abwesend |
  automatische antwort | automatische rückantwort | nicht im büro | außer haus | im urlaub |
  urlaubsvertretung | réponse automatique | reponse automatique | absence du bureau | absent du bureau |
  message d'absence | notification d'absence | en congé | en vacances | je suis absent |
  respuesta automática | respuesta automatica | fuera de la oficina | fuera de oficina | ausencia |
  de vacaciones | autorrespuesta | risposta automatica | fuori ufficio | fuori sede | assenza | in ferie |
  messaggio automatico | resposta automática | resposta automatica | fora do escritório |
  fora do escritorio | ausência | de férias | ausente do escritório | automatisch antwoord |
  automatische reactie | afwezig | afwezigheid | niet aanwezig | niet op kantoor | met vakantie | autosvar |
  automatiskt svar | automatisk svar | frånvaro | frånvarande | semester | ikke på kontoret | fravær |
  fraværende | på ferie | poissa | automaattinen vastaus | lomalla | automatyczna odpowiedź |
  automatyczna odpowiedz | autoodpowiedź | autoodpowiedz | odpowiedź automatyczna | nieobecność |
  poza biurem | urlop | automatická odpověď | mimo kancelář | nepřítomnost | автоответ |
  автоматический ответ | автоматическое | нет на месте | нет в офисе | в отпуске | отпуск | автовідповідь | автоматична відповідь | автоматичен отговор |
  otomatik yanıt | ofis dışında | automatikus válasz | házon kívül | αυτόματη απάντηση | εκτός γραφείου | răspuns automat | automatski odgovor | samodejni odgovor | automaattivastaus | מענה אוטומטי | תשובה אוטומטית | رد تلقائي | trả lời tự động | balasan otomatis |
  自動応答 | 自動返信 | 自動回答 | 不在 | 休暇 | 休業 | 自动回复 | 自動回覆 | 自动答复 | 自動回复 | 外出 | 休假 | 假期 | 不在办公室 | 不在辦公室 | 자동 회신 |
  자동 응답 | 자동응답 | 부재중 | 부재 중 | 휴가 |
  parental leave | paternity leave | sick leave | elternzeit | urlaub: | absent: | je serai absent |
  réponse d'absence | réponse d’absence | message d’absence | absence: | ausente: | assente: | assente re |
  non in ufficio | non sono in ufficio | ausência: | afwezig: | nieobecny | nieobecna | вне офиса | не в офисе |
  відпустка | automatické odpovědi | automatická odpoveď | odsotnost | odsoten
`)

/** Subjects of challenges: a mailbox that lets nobody in who does not answer. */
export const challengeSubjects = list(`
  please confirm your message | confirm your message | please confirm your email | confirmation required |
  message requires confirmation | requires confirmation | sender verification | verify your message |
  your message is awaiting | email verification required | action required to deliver | [tmda] | spam arrest |
  boxbe | bestätigen sie ihre nachricht | confirmez votre message | confirme su mensaje
`)

/** What such mailboxes write, in their products' standing words. */
export const challengeTexts = list(`
  click the link below so i can receive your email | a spam arrest customer |
  i now allow incoming messages only from senders i have approved | to my list of approved senders |
  to release your message for delivery | your message is being held because | add yourself to my guest list |
  was waitlisted | confirm that you are not a spammer | prove that you are human | i use a spam blocking |
  requires verification of the sender | this is a one-time verification | um ihre nachricht freizugeben |
  pour que votre message soit remis, cliquez
`)

/** Prefixes by which people answer and forward, without the colon. */
export const replyPrefixes = list(`
  re | aw | fw | fwd | wg | tr | rv | sv | vs | antw | odp | res | rif | enc | i | r | ответ | 回复 | 答复 |
  回覆 | 转发 | 轉寄 | 返信 | 転送
`)

/** True when any of the phrases occurs in the text, which must be lower-cased. */
export function mentions(lowerText: string, phrases: readonly string[]): boolean {
  return phrases.some(phrase => lowerText.includes(phrase))
}
