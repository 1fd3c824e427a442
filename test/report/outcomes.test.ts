// What a notice states: a failure, a warning, good news, or nothing about a mail of ours.

import { describe, expect, it } from 'vitest'
import { daemon, type Notice, postmaster, readNotice } from './notices.ts'

const root = 'root@mx.example.net'

describe('mail about mail is no bounce', () => {
  it.each<[string, Notice]>([
    [
      'a welcome',
      {
        from: postmaster,
        subject: 'Your new mailbox',
        text: 'lea@example.org exists now. Strangers will get 550 5.1.1 for other names.',
      },
    ],
    [
      'a limit',
      {
        from: postmaster,
        subject: 'Mailbox created',
        text: 'For lea@example.org. Mail over 10 MB is rejected by us with 552 5.3.4.',
      },
    ],
    [
      'a policy',
      {
        from: postmaster,
        subject: 'News',
        text: 'From 1 May mail for an address that does not exist is refused: 550 5.1.1. Write to desk@example.org.',
      },
    ],
    [
      'a threat',
      {
        from: postmaster,
        subject: 'Your password',
        text: 'The password of lea@example.org ends on Monday; then the account is disabled.',
      },
    ],
    [
      'a count of refusals',
      {
        from: postmaster,
        subject: 'Week 12',
        text: 'Refused most:\n\n  550 5.1.1 nobody@example.org user unknown   17',
      },
    ],
    [
      'a watcher of logs',
      {
        from: root,
        subject: 'mx: log',
        header: 'Auto-Submitted: auto-generated\n',
        text: 'refused: 550 5.1.1 <nobody@example.org>: User unknown',
      },
    ],
    [
      'a digest',
      {
        from: postmaster,
        subject: 'Held mail',
        text: 'Held for lea@example.org:\n 1  shop@example.com  Offer  550 5.7.1 spam',
      },
    ],
    [
      'a condition',
      {
        from: 'noreply@example.org',
        subject: 'Your address',
        header: 'Auto-Submitted: auto-generated\n',
        text: 'Please confirm it. If you never asked,\nthis mail was undeliverable to you.',
      },
    ],
    [
      'a postmaster who answers',
      {
        from: postmaster,
        subject: 'Re: your question',
        text: 'lea@example.org works. Only unknown users are refused with 550 5.1.1 user unknown.\n\nTheo',
      },
    ],
    [
      'a daemon on quotas',
      {
        from: daemon,
        subject: 'Quota warning',
        text: 'The mailbox of lea@example.org is 93 % full. When it is full, mail will bounce: 552 5.2.2.',
      },
    ],
    [
      'a daemon on spam',
      { from: daemon, subject: 'Weekly spam report', text: '7 messages were rejected by the filter.' },
    ],
    [
      'a count under a daemon’s name',
      { from: daemon, subject: 'Mail flow', text: 'Refused:\n\n550 5.1.1 unknown   41' },
    ],
    [
      'a summary of refused mail',
      {
        from: postmaster,
        subject: 'Rejected mail summary, week 12',
        text: 'Kept from lea@example.org: 554 5.7.1 spam',
      },
    ],
    [
      'a number of mails',
      {
        from: postmaster,
        subject: 'Week 12',
        text: 'At lea@example.org 17 messages could not be delivered: 550 5.1.1.',
      },
    ],
    [
      'a habit',
      {
        from: postmaster,
        subject: 'House rules',
        text: 'Mail that cannot be delivered is returned with 550 5.1.1 or kept at lea@example.org.',
      },
    ],
  ])('%s', async (_, notice) => {
    const report = await readNotice(notice)
    expect(['ordinary', 'auto-reply']).toContain(report.kind)
    expect(report.recipients).toEqual([])
  })

  it('unless it says that a mail failed, or gives the cause under a title of failure', async () => {
    const stated = {
      from: postmaster,
      subject: 'Hello',
      text: 'Your mail to lea@example.org could not be delivered: 550 5.1.1.',
    }
    const titled = {
      from: postmaster,
      subject: 'Undeliverable: offer',
      text: 'lea@example.org: user unknown',
    }
    const listed = {
      from: postmaster,
      subject: 'Hello',
      header: 'X-Failed-Recipients: lea@example.org\n',
      text: 'user unknown',
    }
    for (const notice of [stated, titled, listed]) expect((await readNotice(notice)).kind).toBe('bounce')
  })

  it('like a parcel that was not delivered, unless the mail is what failed', async () => {
    const shop = {
      path: '<x@shop.example>',
      from: 'Parcels <noreply@shop.example>',
      subject: 'It could not be delivered',
      header: 'Auto-Submitted: auto-generated\n',
    }
    const text = 'Your parcel could not be delivered to lea@example.org. We sent you a mail.'
    expect((await readNotice({ ...shop, text })).kind).toBe('ordinary')
    const failed = 'Your mail to lea@example.org could not be delivered.'
    expect((await readNotice({ ...shop, text: failed })).kind).toBe('bounce')
  })

  it('unless a daemon sets a reply apart', async () => {
    const replied = { subject: 'Zzz', text: '550 5.1.1 no mailbox here\n\nRecipient: lea@example.org' }
    expect((await readNotice(replied)).kind).toBe('bounce')
  })
})

describe('one sentence of a mail system with the null sender', () => {
  it.each<[string, Notice]>([
    ['English', { text: 'The user lea@example.org is no longer a customer. Your mail was discarded.' }],
    ['a reason behind it', { text: 'Recipient lea@example.org rejected: not in directory' }],
    ['an answer', { subject: 'Re: offer', text: 'lea@example.org does not exist.' }],
    ['two sentences', { text: 'You wrote to lea@example.org. This recipient is unknown.' }],
    ['French', { text: 'L’adresse lea@example.org est inconnue sur ce serveur.' }],
    ['German', { text: 'Der Empfänger lea@example.org ist auf diesem Server unbekannt.' }],
    [
      'German to the sender',
      { text: 'Lieber Absender, die Mailbox lea@example.org existiert nicht (mehr).' },
    ],
    ['Spanish', { text: 'La dirección lea@example.org no existe en este servidor.' }],
    ['Polish', { text: 'Adresat lea@example.org nie istnieje.' }],
    ['a postmaster', { from: postmaster, text: 'The mailbox Lea@example.org was not found.' }],
    ['a postmaster’s colon', { from: postmaster, text: 'No such person here: lea@example.org' }],
  ])('denies an address: %s', async (_, notice) => {
    const report = await readNotice({ subject: 'Your mail', ...notice })
    expect([report.kind, report.reader]).toEqual(['bounce', 'free-text'])
    expect(report.recipients.map(({ address }) => address?.toLowerCase())).toEqual(['lea@example.org'])
  })

  it.each<[string, Notice]>([
    ['what may come', { text: 'lea@example.org will be unknown from Monday on.' }],
    ['what may come, in German', { text: 'Ab Montag wird lea@example.org unbekannt sein.' }],
    ['a condition', { text: 'If lea@example.org is unknown, mail is refused.' }],
    ['somebody welcome', { text: 'Hello lea@example.org, welcome. Users who are unknown get no mail.' }],
    [
      'who has moved',
      { text: 'lea@example.org is no longer in use. Your mail was forwarded to ben@example.org.' },
    ],
    ['good news', { text: 'lea@example.org is no longer over quota.' }],
    ['a count', { text: 'Most refused:\n\nlea@example.org user unknown 17' }],
    ['a postmaster on a quota', { from: postmaster, text: 'The mailbox of lea@example.org is full.' }],
    [
      'a postmaster on two',
      { from: postmaster, text: 'lea@example.org was not found, use ben@example.org instead.' },
    ],
    ['a person', { from: 'Ana <ana@example.org>', text: 'The mailbox lea@example.org was not found.' }],
  ])('does not: %s', async (_, notice) => {
    expect((await readNotice({ subject: 'Your mail', ...notice })).kind).toBe('ordinary')
  })
})

describe('a warning', () => {
  it.each<[string, Notice]>([
    [
      'a retry to come',
      { text: 'Trouble with lea@example.org: 550 5.1.1 unknown. The relay will retry for 20 more hours.' },
    ],
    [
      'a short future',
      { text: 'Your mail for lea@example.org waits: 452 4.2.2 over quota. We’ll keep trying for 2 days.' },
    ],
    [
      'an end that is only a condition',
      {
        subject: 'Status (Delay)',
        text: 'Nothing reached lea@example.org so far. You will be told if it fails permanently.',
      },
    ],
    [
      'qmail that warns',
      {
        subject: 'failure notice',
        text: 'Hi. This is the qmail-send program at mx.example.net.\nThis is a warning only, I am still trying.\n\n<lea@example.org>:\nRemote host said: 550 5.1.1 unknown',
      },
    ],
    [
      'Spanish',
      {
        subject: 'Entrega demorada',
        text: 'No se ha podido entregar su mensaje a lea@example.org. Se seguirá intentando mañana.',
      },
    ],
    [
      'French',
      {
        from: postmaster,
        subject: 'Retard de remise',
        text: 'La remise a été retardée :\n\nlea@example.org\n\nNous continuerons d’essayer.',
      },
    ],
    [
      'German',
      {
        text: 'Ihre Nachricht an lea@example.org konnte nicht zugestellt werden. Es wird weiterhin versucht.',
      },
    ],
    ['Japanese', { text: 'lea@example.org に配信できません。引き続き配信を試みます。' }],
    [
      'French with a typographic apostrophe',
      {
        from: postmaster,
        subject: 'Remise différée',
        text: 'La remise est différée :\n\nlea@example.org\n\nCe message n’a pas encore été remis.',
      },
    ],
    [
      'a promise under a title of failure',
      {
        subject: 'Undeliverable mail',
        text: 'Your mail to lea@example.org could not be delivered: 452 4.2.2 full. We will retry for 3 days, then it is returned to sender.',
      },
    ],
    [
      'a title that waits, our own subject that failed',
      { subject: 'Delayed: Undeliverable goods', text: 'Your mail to lea@example.org is delayed.' },
    ],
    [
      'not yet, in German',
      {
        subject: 'Nachricht noch nicht zugestellt',
        text: 'Ihre Nachricht an lea@example.org konnte noch nicht zugestellt werden.',
      },
    ],
    [
      'Postfix without its machine part',
      {
        subject: 'Delayed Mail (still being retried)',
        text: 'This is the mail system at host mx.example.net.\n\n# THIS IS A WARNING ONLY. #\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<lea@example.org>: host mx.example.org said: 452 4.2.2 full',
      },
    ],
    [
      'a promise beside a reply in prose',
      {
        subject: 'Mail delivery delayed',
        text: 'Your message "Offer" to lea@example.org has been delayed. Reason: 451 4.7.1 Greylisted. Delivery attempts will continue.',
      },
    ],
    [
      'us and others',
      { subject: 'Mail', text: 'Your message to lea@example.org and 2 other recipients has been delayed.' },
    ],
  ])('%s', async (_, notice) => {
    const report = await readNotice(notice)
    expect(report.kind).toBe('delayed')
    expect(report.recipients.map(({ address }) => address)).toEqual(['lea@example.org'])
  })

  it.each<[string, Notice]>([
    [
      'the past',
      {
        text: 'Your mail to lea@example.org could not be delivered. We retried for 3 days and will not try again.\n450 4.2.0 delayed',
      },
    ],
    [
      'advice to the reader',
      { text: 'Your mail to lea@example.org could not be delivered. You will have to try again later.' },
    ],
    ['a denial', { text: 'Delivery to lea@example.org failed, we gave up. It will not be retried.' }],
    [
      'qmail at its end',
      {
        subject: 'failure notice',
        text: 'Hi. This is the qmail-send program at mx.example.net.\n\n<lea@example.org>:\nI still could not connect. I’m not going to try again; it has been too long.',
      },
    ],
    [
      'a promise in what the server replied',
      {
        subject: 'failure notice',
        text: 'Hi. This is the qmail-send program at mx.example.net.\n\n<lea@example.org>:\nRemote host said: 451 4.7.1 later,\nthe server will retry',
      },
    ],
    [
      'your mail, refused',
      {
        from: postmaster,
        subject: 'Hello',
        text: 'Your message to lea@example.org was rejected by a filter: 554 5.7.1.',
      },
    ],
    [
      'the subject of our own mail',
      {
        from: postmaster,
        subject: 'Undeliverable: Your order is delayed',
        text: "Your message to lea@example.org couldn't be delivered.\n\nRecipient Address: lea@example.org\nSubject:\tYour order is delayed\nReported error: 550 5.1.10 not found",
      },
    ],
    [
      'our subject in brackets and above the text',
      {
        subject: 'Delivery failure (Your order is delayed)',
        text: 'Your message\n  Subject: We will try again, your order\n     is delayed\ncould not be delivered to lea@example.org: no such user',
      },
    ],
    [
      'our subject in quotes, in German',
      {
        subject: 'Unzustellbar: Wartung verzögert sich',
        text: 'Ihre Nachricht „Die Wartung wurde verzögert“ an lea@example.org konnte nicht zugestellt werden.',
      },
    ],
    [
      'the subject of the mail that came back',
      {
        subject: 'Returned: lights are delayed',
        text: 'lea@example.org: user unknown\nlights are delayed\n\n--- Original message ---\n\nFrom: a@crm.example\nSubject: Lights are delayed\n\nHello',
      },
    ],
    [
      'our subject behind Re',
      {
        subject: 'Re: Your order is delayed',
        text: 'Your mail to lea@example.org could not be delivered: user unknown',
      },
    ],
    [
      'what the server replied in an entry',
      {
        from: postmaster,
        subject: 'Undeliverable mail',
        text: 'Your message could not be delivered.\n\n<lea@example.org>: 450 4.7.1 Greylisted, your message is delayed, will be retried by your server',
      },
    ],
    [
      'what the server replied to Exim',
      {
        text: 'This message was created automatically by mail delivery software.\n\nThis is a permanent error. The following address(es) failed:\n\n  lea@example.org\n    SMTP error from remote mail server after RCPT TO:<lea@example.org>:\n    550 user unknown; still trying to find the user',
      },
    ],
    [
      'what the server replied to Postfix',
      {
        text: 'This is the mail system at host mx.example.net.\n\n<lea@example.org>: host mx.example.org[192.0.2.9] said: 450 4.7.1 Greylisted, will be retried by your server',
      },
    ],
    [
      'a delay that is over',
      {
        subject: 'Undelivered mail',
        text: 'Delivery to lea@example.org was delayed several times and has now failed: 550 5.1.1 user unknown.',
      },
    ],
    [
      'a delay before giving up',
      {
        subject: 'Mail',
        text: 'Your message to lea@example.org has been delayed because the server was unreachable. We have now given up.',
      },
    ],
    [
      'retried no longer',
      {
        subject: 'Permanent Delivery Failure',
        text: 'Your message to lea@example.org has been delayed for 5 days and will be retried no longer.',
      },
    ],
    [
      'a denial in Spanish',
      {
        subject: 'Correo devuelto',
        text: 'No se pudo entregar su mensaje a lea@example.org. No se volverá a intentar.',
      },
    ],
    [
      'a title like that of our own mail, above a refusal',
      { subject: 'Your order is delayed', text: '<lea@example.org>: 550 5.1.1 user unknown' },
    ],
    [
      'what the server replied in a sentence of its own',
      { text: 'Your mail to lea@example.org was rejected. 550 it is delayed, still trying.' },
    ],
    [
      'other recipients',
      {
        subject: 'Mail delivery failed',
        text: 'The following address failed:\n\n  lea@example.org: 550 5.1.1 No such user\n\nDelayed messages to other recipients are still being retried.',
      },
    ],
    [
      'a condition',
      {
        subject: 'Undeliverable mail',
        text: 'Your message to lea@example.org could not be delivered: no such user. If you think the address is right, we will try again.',
      },
    ],
    [
      'what waits for the reader',
      {
        subject: 'Undeliverable mail',
        text: 'Your message to lea@example.org could not be delivered: no such user. We will try again when you resend it.',
      },
    ],
  ])('is not %s', async (_, notice) => {
    expect((await readNotice(notice)).kind).toBe('bounce')
  })
})

describe('a notice that answers automatically', () => {
  const notice = {
    from: 'noreply@mx.example.net',
    subject: 'Your message was not delivered',
    header: 'Auto-Submitted: auto-replied\n',
    text: 'lea@example.org is no longer in use. Your message was not delivered and will not be forwarded.',
  }

  it('is a bounce under a title and a text of failure', async () => {
    const report = await readNotice(notice)
    expect([report.kind, report.recipients.map(({ address }) => address)]).toEqual([
      'bounce',
      ['lea@example.org'],
    ])
  })

  it.each<[string, Partial<Notice>]>([
    ['a title that answers', { subject: 'Re: Your message was not delivered' }],
    ['a title of absence', { subject: 'Out of office: your message was not delivered' }],
    ['a title of its own', { subject: 'Lea has left' }],
    ['a text that states nothing', { text: 'I am away. Write to ben@example.org.' }],
    ['a sender who wants bounces', { path: '<lea@example.org>' }],
  ])('is none with %s', async (_, other) => {
    expect((await readNotice({ ...notice, ...other })).kind).toBe('auto-reply')
  })
})

describe('good news', () => {
  it.each<[string, Notice]>([
    [
      'Postfix',
      {
        subject: 'Successful Mail Delivery Report',
        text: 'This is the mail system at host mx.example.net.\n\nYour message was successfully delivered.\n\n<lea@example.org>: delivery via mx.example.org: 250 2.1.5 Ok',
      },
    ],
    [
      'Sendmail',
      {
        subject: 'Return receipt',
        text: '   ----- The following addresses had successful delivery notifications -----\n<lea@example.org>  (relayed to non-DSN-aware mailer)',
      },
    ],
    [
      'words at the end',
      { subject: 'Mail', text: 'Your message to lea@example.org has been delivered successfully.' },
    ],
    [
      'Exchange',
      {
        from: postmaster,
        subject: 'Delivered: offer',
        text: 'Your message has been delivered to these recipients:\n\nlea@example.org',
      },
    ],
    [
      'a relay',
      {
        from: postmaster,
        subject: 'Relayed: offer',
        text: 'Delivery to these recipients is complete, but no delivery notification was sent by the destination server:\n\nlea@example.org',
      },
    ],
    [
      'German',
      {
        from: postmaster,
        subject: 'Zugestellt: Angebot',
        text: 'Ihre Nachricht wurde übermittelt an\n\nlea@example.org',
      },
    ],
    [
      'a reply of acceptance',
      { from: postmaster, subject: 'Mail delivery status', text: '<lea@example.org>: 250 2.0.0 taken' },
    ],
  ])('by %s', async (_, notice) => {
    const report = await readNotice(notice)
    expect(report.kind).toBe('delivered')
    expect(report.recipients.map(({ address, action }) => [address, action])).toEqual([
      ['lea@example.org', 'delivered'],
    ])
  })

  it('is none with a refusal beside it', async () => {
    const text = 'Your message was delivered to max@example.org.\n\n<lea@example.org>: 550 5.1.1 unknown'
    expect((await readNotice({ subject: 'Status', text })).kind).toBe('bounce')
  })

  it('is one where the mail was accepted', async () => {
    const text = 'Your message was accepted and was delivered to lea@example.org.'
    expect((await readNotice({ from: postmaster, subject: 'Delivered: offer', text })).kind).toBe('delivered')
  })

  it('is none from a shop', async () => {
    const shop = {
      from: 'Shop <news@example.org>',
      subject: 'Your order',
      header: 'Auto-Submitted: auto-generated\n',
      text: 'Your parcel has been delivered.',
    }
    expect((await readNotice(shop)).kind).toBe('ordinary')
  })
})

describe('a failure in any language', () => {
  it.each([
    ['Czech', 'Zpráva pro lea@example.org se nepodařilo doručit.'],
    ['German', 'Die Mail wurde nicht an lea@example.org zugestellt.'],
    ['Greek', 'Το μήνυμα προς lea@example.org δεν μπόρεσε να παραδοθεί.'],
    ['Hebrew', 'ההודעה אל lea@example.org לא נמסרה.'],
    ['Indonesian', 'Pesan ke lea@example.org tidak dapat dikirim.'],
    ['Portuguese', 'A mensagem para lea@example.org não foi, infelizmente, entregue.'],
    ['Vietnamese', 'Thư đến lea@example.org không thể chuyển đi.'],
  ])('%s', async (_, text) => {
    const report = await readNotice({
      from: postmaster,
      subject: '…',
      header: 'Auto-Submitted: auto-replied\n',
      text,
    })
    expect([report.kind, report.recipients.map(({ address }) => address)]).toEqual([
      'bounce',
      ['lea@example.org'],
    ])
  })
})

describe('a notice of Microsoft’s', () => {
  const from = 'Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>'
  const text = 'lea@example.org\n\nQux quux.'
  const header = 'Auto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n'

  it('is known by its header and by its author, whatever its language', async () => {
    expect((await readNotice({ from, subject: 'Quux: offer', header, text })).kind).toBe('bounce')
    expect((await readNotice({ from, subject: 'Quux: offer', text })).kind).toBe('bounce')
  })

  it('may warn', async () => {
    expect(
      (await readNotice({ from, subject: 'Quux', header, text: `${text} It will be retried.` })).kind,
    ).toBe('delayed')
  })

  it('is none where it answers for a person', async () => {
    const away = {
      from,
      subject: 'Automatic reply: offer',
      header: 'Auto-Submitted: auto-generated\n',
      text: 'Away. Mail could not be delivered.',
    }
    expect((await readNotice(away)).kind).toBe('auto-reply')
  })
})

it('reads XMail', async () => {
  const text =
    '[<00>] XMail bounce: Rcpt=[lea@example.org];Error=[550 5.1.1 <lea@example.org> unknown]\n\n[<01>] Error sending message [9.xm] from [x.example.net].'
  const report = await readNotice({
    from: root,
    subject: 'Error sending message [9.xm] from [x.example.net]',
    text,
  })
  expect(report).toMatchObject({ kind: 'bounce', reader: 'xmail', reportingMta: 'x.example.net' })
  expect(report.recipients[0]).toMatchObject({ address: 'lea@example.org', replyCode: 550, status: '5.1.1' })
})

describe('a program that marks its notice as an answer says in its own language that the mail failed', () => {
  it.each([
    ['German', 'Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\nlea@example.org: #5.1.1'],
    ['German', 'Ihre Nachricht an lea@example.org wurde vom Server abgewiesen.'],
    ['Spanish', 'El mensaje enviado a lea@example.org ha sido rechazado.'],
    ['Italian', 'Il messaggio diretto a lea@example.org è stato respinto: indirizzo inesistente.'],
    ['Portuguese', 'Ocorreu um erro ao enviar a sua mensagem para lea@example.org.'],
    ['Dutch', 'Bezorging van uw bericht aan lea@example.org is mislukt.'],
    ['Finnish', 'Viestiä ei voitu välittää osoitteeseen lea@example.org.'],
    ['Russian', 'Письмо для lea@example.org доставить не удалось.'],
    ['Greek', 'Η παράδοση του μηνύματος προς lea@example.org απέτυχε.'],
    ['Turkish', 'lea@example.org adresine iletiniz gönderilemedi.'],
    ['Chinese', '寄往 lea@example.org 的郵件遭到退回。'],
    ['Korean', '보내신 메일이 lea@example.org 에게 전달되지 못했습니다.'],
  ])('%s: %s', async (_, text) => {
    const subject = 'Mail'
    const notice = await readNotice({ subject, header: 'Auto-Submitted: auto-replied\n', text })
    expect([notice.kind, notice.recipients[0]?.address]).toEqual(['bounce', 'lea@example.org'])
  })
})

describe('a person’s automatic answer tells of refusals without being one', () => {
  it.each([
    ['German', 'Automatische Antwort', 'Ihre Nachricht wird nicht gelesen, Anrufe werden abgewiesen.'],
    ['Spanish', 'Respuesta automática', 'Su mensaje no ha sido entregado: ya no trabajo aquí.'],
    ['Dutch', 'Automatisch antwoord', 'Uw bericht is geweigerd: ik werk hier niet meer.'],
  ])('%s', async (_, subject, text) => {
    const header = 'Auto-Submitted: auto-replied\n'
    const notice = await readNotice({ from: 'Lea <lea@example.org>', subject, header, text })
    expect(notice.kind).toBe('auto-reply')
  })
})

describe('a failure under a title that answers, from an address of its own', () => {
  const answer = { from: 'robot@corp.example', path: '<robot@corp.example>' }
  const subject = 'RE: Spring offers : non remis (delivery failed)'
  const bare =
    "****\nVotre message n'a pas pu être délivré à\nlea@example.org\n****\nYour message could not be delivered to\nlea@example.org"

  it('is one where its text says so and no more', async () => {
    const notice = await readNotice({ ...answer, subject, text: bare })
    expect([notice.kind, notice.recipients[0]?.address]).toEqual(['bounce', 'lea@example.org'])
  })

  it.each([
    ['a person adds a sentence', `${bare}\nCan you call me?`],
    ['a person asks', 'Why could your message not be delivered to lea@example.org?\nIt worked for me.'],
  ])('is none where %s', async (_, text) => {
    expect((await readNotice({ ...answer, subject, text })).kind).toBe('ordinary')
  })
})

describe('a notice that repeats the header of our mail, fields of a list included', () => {
  const list = {
    from: 'robot@corp.example',
    path: '<robot@corp.example>',
    header: 'List-Id: <news.crm.example>\nList-Unsubscribe: <https://crm.example/u>\n',
  }
  const text =
    'The mail could not be delivered to the following user:\n\nlea@example.org\n\nOriginal message:\n\nSpring is here.'

  it('is a bounce', async () => {
    const notice = await readNotice({ ...list, subject: 'Non-delivery: Spring offers', text })
    expect([notice.kind, notice.recipients[0]?.address]).toEqual(['bounce', 'lea@example.org'])
  })

  it('is a newsletter where its title only mentions failures', async () => {
    const subject = 'Spring offers for whoever had a delivery failure'
    expect((await readNotice({ ...list, subject, text })).kind).toBe('ordinary')
  })
})
