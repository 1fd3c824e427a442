// Who a clause is about: the sender, the sending server or the recipient, in the languages servers answer in.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { maxTerms, searchText } from '../../src/classify/text-matches.ts'
import { nouns } from '../../src/knowledge/clauses.ts'
import { failure, report } from './reports.ts'

const { judge } = createJudge({ rules: [] })

function check(diagnostic: string, status: string | null, expected: string): void {
  const verdict = judge(report([failure({ diagnostic, status, replyCode: 550 })])).recipients[0]?.verdict
  expect(`${verdict?.type} ${verdict?.category}`).toBe(expected)
}

describe('the sender’s fault behind 550 5.1.1 is soft in every language', () => {
  test.each([
    '550 5.1.1 Absender gesperrt',
    '550 5.1.1 Absenderdomain nicht erlaubt',
    '550 5.1.1 Absender unbekannt',
    '550 5.1.1 Absenderadresse existiert nicht',
    '550 5.1.1 expéditeur inconnu',
    '550 5.1.1 expediteur non autorise',
    '550 5.1.1 remitente desconocido',
    '550 5.1.1 dominio del remitente no válido',
    '550 5.1.1 mittente sconosciuto',
    '550 5.1.1 remetente recusado',
    '550 5.1.1 afzender onbekend',
    '550 5.1.1 okänd avsändare',
    '550 5.1.1 nadawca nieznany',
    '550 5.1.1 адрес отправителя не найден',
    '550 5.1.1 neznámý odesílatel',
    '550 5.1.1 gönderen reddedildi',
    '550 5.1.1 发件人地址不存在',
    '550 5.1.1 送信者のアドレスは存在しません',
    '550 5.1.1 送信者が見つかりません',
    '550 5.1.1 보낸 사람을 찾을 수 없습니다',
    '550 5.1.1 unauthorised sender',
    '550 5.1.1 the From header address does not exist',
    '550 5.1.1 Return address domain does not exist',
  ])('%s', diagnostic => check(diagnostic, '5.1.1', 'soft sender-rejected'))

  test.each([
    '550 5.1.1 Ihr Server ist gesperrt',
    '550 5.1.1 votre serveur est bloqué',
    '550 5.1.1 su servidor está bloqueado',
    '550 5.1.1 ваш сервер заблокирован',
    '550 5.1.1 Sie stehen auf unserer Sperrliste',
  ])('%s', diagnostic => check(diagnostic, '5.1.1', 'soft blocked'))
})

describe('an unknown recipient is hard in every language', () => {
  test.each([
    '550 Der Empfänger ist auf diesem Server nicht bekannt',
    '550 Le destinataire n’existe pas',
    '550 No existe el destinatario',
    '550 destinatario sconosciuto',
    '550 Usuário não encontrado',
    '550 Ontvanger is onbekend',
    '550 Mottagaren finns inte',
    '550 Nieznany odbiorca',
    '550 Получатель не существует',
    '550 Vastaanottajaa ei löydy',
    '550 A címzett nem található',
    '550 收件人不存在',
    '550 受信者が見つかりません',
    '550 수신자를 찾을 수 없습니다',
    // as Exchange and its kin tell people
    'Zadaná e-mailová adresa nebyla nalezena.',
    'Den mailadresse, du angav, blev ikke fundet.',
    'Nie można odnaleźć wprowadzonego adresu e-mail.',
    'Det gick inte att hitta e-postadressen du angav.',
    'Het e-mailadres is niet gevonden.',
    'Indirizzo e-mail: non è stato trovato.',
    '找不到您输入的电子邮件地址。',
  ])('%s', diagnostic => check(diagnostic, null, 'hard unknown-user'))
})

describe('a full mailbox in words no phrase lists', () => {
  test.each([
    'La boîte aux lettres du destinataire est pleine.',
    'Das Postfach des Empfängers ist voll',
    'El buzón del destinatario está lleno',
    'De mailbox van de geadresseerde zit vol',
    'Skrzynka odbiorcy jest pełna',
    'Почтовый ящик получателя переполнен',
    '受信者のメールボックスがいっぱいです',
  ])('%s', diagnostic => check(diagnostic, null, 'soft mailbox-full'))
})

describe('a phrase of a dead address about something else', () => {
  test.each([
    ['550 user not found in our whitelist', 'soft undetermined'],
    ['550 Link target domain does not exist', 'soft undetermined'],
    ['550 reply address: unknown user', 'soft sender-rejected'],
    ['550 address 192.0.2.10 is invalid', 'soft undetermined'],
    ['550 unknown recipient limit exceeded', 'soft rate-limited'],
    // another clause, or a recipient named in it: it stands
    ['550 user unknown. Write to the sender of this notice', 'hard unknown-user'],
    ['550 sender: the recipient does not exist', 'hard unknown-user'],
    ['550 user does not exist, returning message to sender', 'hard unknown-user'],
  ])('%s', (diagnostic, expected) => check(diagnostic, null, expected))

  test('is not told by the same words in the notice around', () => {
    const diagnostic = '550 Link target domain does not exist'
    const given = failure({ diagnostic, explanation: `${diagnostic}\nYour mail failed: ${diagnostic}` })
    expect(judge(report([given])).recipients[0]?.verdict?.type).toBe('soft')
  })
})

describe('somebody addressed, told or listed is not who is unknown', () => {
  test.each([
    '550 5.1.1 User unknown - returning mail to the sender',
    '550 5.1.1 Dear sender, this user does not exist',
    '550 5.1.1 Notify sender: mailbox not found',
    '550 5.1.1 user does not exist, the sender has been notified',
    '550 5.1.1 no such user here; please check your address book',
    '550 5.1.1 Adresse existiert nicht, zurück an den Absender',
    '550 5.1.1 utilisateur inconnu, retourné à l’expéditeur',
    '550 5.1.1 destinatario sconosciuto, ritorno al mittente',
    '550 5.1.1 Konto nie istnieje, zwrot do nadawcy',
    '550 5.1.1 ユーザーが見つかりません。送信者に返送します',
    '550 5.1.1 User unknown 550 Sender: <news@crm.example>',
    '550 5.1.1 User unknown (from=<news@crm.example> helo=<mx.crm.example>)',
    '550 5.1.1 User unknown (this is not a temporary error)',
    '550 5.1.1 User unknown. Repeated attempts will get your server blacklisted',
    '550 ana@example.org...User unknown',
  ])('%s', diagnostic => {
    const original = {
      messageId: null,
      envelopeId: null,
      subject: null,
      references: [],
      senders: ['news@crm.example'],
    }
    const given = failure({ diagnostic, status: diagnostic.includes('5.1.1') ? '5.1.1' : null })
    expect(judge(report([given], { original })).recipients[0]?.verdict).toMatchObject({
      type: 'hard',
      category: 'unknown-user',
    })
  })

  test('nor is whom the notice names in a list of fields', () => {
    const explanation =
      'Your message was not delivered.\nSender Address: news@crm.example\nRecipient Address: ana@example.org\n'
    check('', '5.1.1', 'hard unknown-user')
    const given = failure({ status: '5.1.1', explanation })
    expect(judge(report([given])).recipients[0]?.verdict?.type).toBe('hard')
  })
})

describe('recipient-side filters behind 550 5.1.1', () => {
  test.each([
    '550 5.1.1 this group accepts only internal mail, internal senders only',
    '550 5.1.1 recipient only accepts mail from known contacts',
    '550 5.1.1 you need to be a member to post',
    '550 5.1.1 your message was refused by our filter',
  ])('%s', diagnostic => check(diagnostic, '5.1.1', 'soft filtered'))
})

describe('a server that could not look the address up', () => {
  test.each([
    ['550 User unknown: backend timeout', 'soft system-error'],
    ['550 Recipient verification failed: unable to reach mail store', 'soft system-error'],
    ['550 Host unknown, lookup timed out', 'hard unknown-domain'],
  ])('%s', (diagnostic, expected) => check(diagnostic, null, expected))
})

test('a flood of nouns and predicates is not held against itself', () => {
  // Each term is compared with the others: their number is what bounds the time.
  expect(searchText('不明用户'.repeat(4000)).terms).toHaveLength(maxTerms)
  check(`550 user unknown ${'不明用户'.repeat(400)}`, null, 'hard unknown-user')
})

describe('the table', () => {
  test('has each noun for one party', () => {
    const strange = nouns.filter(noun =>
      nouns.some(other => other.text === noun.text && other.party !== noun.party),
    )
    expect(strange.map(({ text, place }) => `${text}: ${place}`)).toEqual([])
  })
})

test('521 at the greeting is about the host that takes no mail', () => {
  const diagnostic = '521 mx.example.org does not accept mail (in reply to EHLO command)'
  const verdict = judge(report([failure({ diagnostic, replyCode: 521 })])).recipients[0]?.verdict
  expect(verdict).toMatchObject({ type: 'hard', category: 'not-accepting' })
})

describe('what is said of the mail or of the client is not said of the recipient', () => {
  test.each([
    '550 piece jointe invalide pour le destinataire',
    '550 El archivo adjunto no existe, destinatario protegido',
    '550 Nachricht ungueltig: Empfaenger nimmt keine Anhaenge an',
    '550 Datum ungueltig, Postfach nimmt die Nachricht nicht an',
    '550 Benutzername oder Passwort ungueltig',
    '550 Contenu invalide refuse par le destinataire',
    '550 IP-Adresse unbekannt',
    '550 direccion IP no valida',
    '550 Неизвестный IP адрес',
    '550 Avsandarens adress finns inte',
    '550 Gonderen adresi bulunamadi',
    '550 Ihr Konto wurde geloescht',
    '550 Server des Empfängers nicht gefunden',
    '550 Absender ist dem Empfänger nicht bekannt',
    '550 adresse From invalide',
    '550 From アドレスが存在しません',
    '550 Nie znaleziono rekordu PTR dla adresu',
    '550 No se encontró el registro inverso de su IP',
    '550 Certificat du destinataire introuvable',
    '550 content filter: link points to non-existent domain',
    '550 受信者は不明な送信者からのメールを受け付けません',
    '550 Alıcı bilinmeyen gönderenlerden posta kabul etmiyor',
  ])('%s', diagnostic => {
    const verdict = judge(report([failure({ diagnostic, status: null, replyCode: 550 })])).recipients[0]
      ?.verdict
    expect(verdict?.type).toBe('soft')
  })
})

describe('a full mailbox, whichever way round the words stand', () => {
  test.each([
    'weil das Postfach des Empfängers voll ist',
    'omdat de mailbox van de ontvanger vol is',
    'το γραμματοκιβώτιο του παραλήπτη είναι γεμάτο',
    'Поштова скринька одержувача переповнена',
    'メールボックスが一杯のため',
  ])('%s', text => check(text, null, 'soft mailbox-full'))
})

describe('what a mailbox takes from nobody it does not know, or only for now', () => {
  test.each([
    ['550 5.1.1 Utilisateur introuvable temporairement', 'soft system-error'],
    ['550 5.1.1 Benutzer vorübergehend nicht gefunden', 'soft system-error'],
    ['550 5.1.1 try again in 10 minutes', 'soft system-error'],
    ['550 5.1.1 user verification service did not answer', 'soft system-error'],
    ['550 5.1.1 protected by a challenge-response system', 'soft filtered'],
    ['550 5.1.1 il destinatario non accetta messaggi da mittenti sconosciuti', 'soft filtered'],
    ['550 5.1.1 domain does not accept mail from your country', 'soft sender-rejected'],
    ['550 5.1.1 invalid recipients ratio too high', 'soft rate-limited'],
  ])('%s', (diagnostic, expected) => check(diagnostic, '5.1.1', expected))
})
