// Words by which warnings are known, and those that end the story. Lower-cased, plain, matched as substrings.

import { list } from './phrases.ts'

/** What only a warning says of itself. */
export const warningTexts = list(`
  this is a warning message only | warning message only | this is a warning only | this is only a warning |
  this is just a warning | this is a warning: | you do not need to resend | you don't need to resend |
  no need to resend | not yet been delivered | has not been delivered yet | was not yet delivered |
  was not delivered yet | could not yet be delivered | could not be delivered yet | yet to be delivered |
  is still queued | is still in the queue | remains in the queue | noch nicht zugestellt | n'a pas encore été remis | n'a pas encore pu | aún no se ha entregado |
  não foi entregue ainda | non è ancora stato | nog niet bezorgd | ännu inte levererats | jeszcze nie została |
  пока не доставлено | ещё не доставлено
`)

/** What says that a mail is late. */
export const delayTexts = [
  ...warningTexts,
  ...list(`
  has been delayed | have been delayed | is delayed | was delayed | delayed delivery |
  no action is required on your part | not been able to deliver |
  zustellung verzögert | zustellung verzoegert | verzögerte zustellung |
  ist verzögert | verzögert sich | wurde verzögert | is vertraagd | är försenad | er forsinket | jest opóźnion |
  è stata ritardata | è stato ritardato | está atrasada | está atrasado | a été retardée | est retardée | a été différée | est différée | viivästyy | je zpožděn |
  se zpožďuje | задерживается | затримується | gecikti | 遅れてい | 被延迟 | 被延遲 |
  se ha retrasado | доставка задерживается | 配信が遅延 | 遅延 | 延迟 | 延遲 | 지연
`),
]

/** That a program goes on trying: in English what the grammar in `delay` does not know. */
export const retryTexts = list(`
  delivery attempts continue | delivery attempts will continue | attempts to deliver the message will continue |
  will be retried | will continue to try | will continue to be attempted | continue to attempt | still trying |
  still being retried | tentatives de remise vont se poursuivre |
  wird weiter versucht | wird weiterhin versucht | versuchen es weiter | versuchen weiterhin | wird erneut versucht |
  versucht es in den nächsten | versucht weiter | versucht weiterhin | erneut zuzustellen | weiter zuzustellen | werden es erneut versuchen | wird es erneut versuchen |
  continuerons d'essayer |continuera d'essayer |  continuerons à essayer | continuera à essayer | continuons d'essayer |  réessayerons | réessaierons | sera retenté | nouvelles tentatives seront | nouvelle tentative sera |
  remise à ces destinataires a été retardée | a été retardé | a été différé |
  seguirá intentando | seguirá intentándo | seguiremos intentando | seguirán intentando |
  continuará intentando | continuaremos intentando | se volverá a intentar | volveremos a intentar |
  se reintentará | reintentará la entrega |
  continueremo a tentare | continueremo a provare | continuerà a tentare | continuerà a provare |
  verrà ritentat | sarà ritentat | verrà effettuato un nuovo tentativo | si riproverà |
  continuará tentando | continuará a tentar | continuaremos tentando | continuaremos a tentar |
  será tentada novamente | tentará novamente | tentaremos novamente |
  blijven proberen | blijft proberen | blijft het | blijf proberen | opnieuw geprobeerd worden | opnieuw proberen te bezorgen |
  fortsätter att försöka | fortsätter försöka | kommer att försöka igen | fortsætter med at forsøge | fortsætter forsøget |
  fortsetter å prøve | vil fortsette å forsøke | jatketaan yrityksiä | yritetään uudelleen |
  będzie ponawiać | nadal próbow | będzie próbować | będziemy próbować | będą ponawiane | zostanie ponowiona |
  попытки будут продолжены | попытки доставки будут | попытка будет повторена | будет предпринята повторная |
  будем продолжать попытки | продолжит попытки | спроби будуть |
  bude se dál pokoušet | pokusíme se znovu | pokusy budou | denemeye devam | denemeyi sürdür | yeniden denenecek |
  újra megpróbál | θα συνεχίσει να προσπαθεί | va continua să încerce |
  引き続き配信 | 引き続き送信 | 引き続き再送 | 再送を試み | 再試行します | 再送します | 配信を試みます |
  将继续尝试 | 会继续尝试 | 將繼續嘗試 | 會繼續嘗試 | 将会重试 | 将重试 | 会再次尝试 | 將重試 | 继续尝试发送 | 继续尝试投递 |
  다시 시도할 | 다시 시도합니다 | 계속 시도
`)

/** Sentences that end the story, whatever was tried before. */
export const finalTexts = list(`
  permanent error | permanently | given up | gave up | giving up | could not be delivered for |
  will be deleted from queue | returned to sender | no further attempt | no further retr | not going to try |
  will not try again | won't try again | will not be retried | no more attempts |
  wird nicht weiter versucht | abgebrochen | a été abandonné
`)

/** Subjects of warnings. */
export const delaySubjects = list(`
  (delay) | delayed | delay notification | delivery temporarily suspended | temporarily suspended | warning: could not send | warning: message | mail warning |
  still trying | not yet delivered | deferred mail | verzögert | verzögerung | retardé | retard de | différé | retraso | demorad | ritardo |
  atraso | vertraging | försenad | opóźnienie | задерж | 遅延 | 延迟 | 延遲
`)
