// Changes of a report that leave what it says of its recipients as it was.

import {
  decoded,
  type Entity,
  field,
  parseEntity,
  partsOf,
  typeOf,
  utf8,
  withBytes,
  withField,
  withParts,
  writeEntity,
} from './mail.ts'

export interface Change {
  readonly name: string
  /** The changed mail, null where the change does not apply. */
  readonly apply: (mail: Entity) => Entity | null
}

/** Footers of five kinds in three languages: what gateways, companies and products write under any mail. */
export const footers: Readonly<Record<string, string>> = {
  'scan-en':
    '-- \nThis message has been scanned for viruses and dangerous content, and is believed to be clean.\n',
  'scan-de':
    'Diese E-Mail wurde auf Viren geprüft. Virenfreie Nachrichten mit SchutzWall.\nhttps://schutz.example\n',
  'scan-fr': '---\nL’absence de virus dans ce courrier a été vérifiée par le logiciel antivirus Bouclier.\n',
  'legal-en':
    'This e-mail and any attachment are confidential. If you are not the intended recipient, the sender’s policy\nforbids its use; please notify postmaster@corp.example and delete it.\n',
  'legal-de':
    '_______________________________\nDiese Nachricht ist vertraulich. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich\nerhalten haben, informieren Sie bitte den Absender. Unbefugtes Kopieren ist nicht gestattet.\n',
  'legal-fr':
    "Ce message est confidentiel. S'il ne vous est pas destiné, merci de le détruire et d'en avertir l'expéditeur par\nretour. Toute utilisation non autorisée est interdite.\n",
  'spam-en':
    '-- \nTo report this mail as spam or to see our spam policy, visit https://filter.example. Unsolicited mail is blocked.\n',
  'spam-de':
    '-- \nUnerwünschte Werbung (Spam)? Hier als Spam melden: https://filter.example - Blockierte Absender verwalten.\n',
  'spam-fr':
    '-- \nSignaler comme indésirable (spam) : https://filtre.example - politique de filtrage des expéditeurs bloqués\n',
  'policy-en': '[This mail passed the SPF, DKIM and DMARC checks of our gateway and our content policy]\n',
  'policy-de': '[EXTERN] Diese E-Mail kommt von außerhalb. Richtlinie beachten: keine Anhänge öffnen.\n',
  'policy-fr':
    '[EXTERNE] Ce courriel vient de l’extérieur. Politique de sécurité : ne cliquez sur aucun lien.\n',
  'company-en':
    '-- \nHarbour Ltd, registered in England, company number 0550551. Our mailbox is full of ideas!\n',
  'company-de':
    '-- \nHafen GmbH, Geschäftsführer: Max Muster, Amtsgericht Hamburg HRB 55011\nBitte denken Sie an die Umwelt.\n',
  'company-fr': '-- \nPort SARL, siège social : 5 rue du Quai. Avant d’imprimer, pensez à l’environnement.\n',
}

/** Subjects of ours that use the words of each cause. */
export const subjects = [
  'User unknown? Meet the people behind our blog',
  'Mailbox full? Five ways to tidy up',
  'Account disabled: how to win customers back',
  'Blocked by spam filters and blacklists: what to do',
  'Virus found in old software, update now',
  'Your message could not be delivered? Our tips',
  'Relay access denied and other horror stories',
  'Connection timed out: our new network',
  'Too many connections, greylisting and rate limits',
  'SPF, DKIM and DMARC policy explained',
  'Domain not found: register yours today',
  'Out of office: our summer sale',
]

const footerChanges = Object.entries(footers).map(
  ([name, text]): Change => ({
    name: `footer ${name}`,
    apply: mail => changeText(mail, words => `${words.trimEnd()}\n\n${utf8(text)}`),
  }),
)

const encodings: readonly Change[] = [
  {
    name: 'text part in base64',
    apply: mail =>
      changeLeaf(mail, leaf => ({
        ...withField(leaf, 'Content-Transfer-Encoding', 'base64'),
        body: `${(
          Buffer.from(decoded(leaf), 'latin1')
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\n')}\n`,
      })),
  },
  {
    name: 'text part in quoted-printable',
    apply: mail =>
      changeLeaf(mail, leaf => ({
        ...withField(leaf, 'Content-Transfer-Encoding', 'quoted-printable'),
        body: quotedPrintable(decoded(leaf)),
      })),
  },
  {
    name: 'HTML instead of plain text',
    apply: mail =>
      typeOf(mail).startsWith('multipart/')
        ? changeLeaf(mail, leaf => {
            if (typeOf(leaf) !== 'text/plain') return null
            const type = field(leaf, 'content-type').replace(/text\/plain/i, 'text/html') || 'text/html'
            return withBytes(withField(leaf, 'Content-Type', type), toHtml(decoded(leaf)))
          })
        : null,
  },
]

const shape: readonly Change[] = [
  {
    name: 'more Received and X- lines',
    apply: mail => ({
      ...mail,
      header: [
        'Received: from relay5.other.example (relay5.other.example [198.51.100.5])\n\tby mx.other.example with ESMTPS id 4H551; Tue, 3 Nov 2026 10:11:12 +0000',
        'X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00',
        'X-Virus-Scanned: clamav at mx.other.example',
        'X-Originating-IP: 192.0.2.55',
        ...mail.header,
      ],
    }),
  },
  {
    name: 'parts in the other order',
    apply: mail => {
      const multipart = partsOf(mail)
      if (multipart === null || multipart.parts.length < 2) return null
      return withParts(mail, { ...multipart, parts: [...multipart.parts].reverse() })
    },
  },
  {
    name: 'a second recipient with another cause',
    apply: withSecondRecipient,
  },
]

const subjectChanges = subjects.map(
  (subject): Change => ({ name: `our subject: ${subject}`, apply: mail => withOurSubject(mail, subject) }),
)

/** Every change, in groups small enough to read. */
export const changes: readonly Change[] = [...footerChanges, ...encodings, ...shape, ...subjectChanges]

export function changed(raw: Buffer, { apply }: Change): Buffer | null {
  const mail = parseEntity(raw.toString('latin1').replaceAll('\r\n', '\n'))
  const result = apply(mail)
  return result === null ? null : Buffer.from(writeEntity(result), 'latin1')
}

/** Changes the first readable leaf, which is the notification; null where there is none. */
function changeLeaf(mail: Entity, change: (leaf: Entity) => Entity | null): Entity | null {
  const multipart = partsOf(mail)
  if (multipart === null) {
    if (typeOf(mail) !== 'text/plain' && typeOf(mail) !== 'text/html') return null
    return isPlainCharset(mail) ? change(mail) : null
  }
  for (const [at, part] of multipart.parts.entries()) {
    if (typeOf(part).startsWith('message/')) continue
    const result = changeLeaf(part, change)
    if (result === null) continue
    return withParts(mail, { ...multipart, parts: multipart.parts.with(at, result) })
  }
  return null
}

function changeText(mail: Entity, change: (words: string) => string): Entity | null {
  return changeLeaf(mail, leaf => {
    if (typeOf(leaf) !== 'text/plain') return null
    const type = field(leaf, 'content-type')
    const named = /charset/i.test(type) ? type.replace(/us-ascii/i, 'utf-8') : 'text/plain; charset=utf-8'
    return withBytes(withField(leaf, 'Content-Type', named), change(decoded(leaf)))
  })
}

/** A footer in UTF-8 may be added to UTF-8 and to ASCII alone. */
function isPlainCharset(leaf: Entity): boolean {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(field(leaf, 'content-type'))?.[1]?.toLowerCase()
  return charset === undefined || charset === 'utf-8' || charset === 'us-ascii'
}

function quotedPrintable(bytes: string): string {
  return bytes
    .split('\n')
    .map(line => {
      const coded = line.replace(
        /[=\x80-\xff]|[ \t]$/g,
        char => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      )
      const pieces: string[] = ['']
      for (const unit of coded.match(/=[0-9A-F]{2}|./g) ?? []) {
        if ((pieces.at(-1)?.length ?? 0) > 70) pieces.push('')
        pieces[pieces.length - 1] += unit
      }
      return pieces.join('=\n')
    })
    .join('\n')
}

function toHtml(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<html><body><pre>${safe}</pre></body></html>\n`
}

/** Another block of the status part, and a paragraph about it; only where the report lists recipients by block. */
function withSecondRecipient(mail: Entity): Entity | null {
  const multipart = partsOf(mail)
  const at = multipart?.parts.findIndex(part => typeOf(part) === 'message/delivery-status') ?? -1
  const status = multipart?.parts[at]
  if (!multipart || status === undefined || field(status, 'content-transfer-encoding') === 'base64')
    return null
  const isHard = !/^status:\s*5\.1\.1/im.test(status.body)
  const [code, words] = isHard ? ['550 5.1.1', 'User unknown'] : ['552 5.2.2', 'Mailbox full']
  const block = [
    'Final-Recipient: rfc822; zoe.second@second.example',
    'Action: failed',
    `Status: ${code.slice(4)}`,
    'Remote-MTA: dns; mx.second.example',
    `Diagnostic-Code: smtp; ${code} <zoe.second@second.example>: ${words}`,
  ].join('\n')
  const parts = multipart.parts.with(at, { ...status, body: `${status.body.trimEnd()}\n\n${block}\n` })
  const whole = withParts(mail, { ...multipart, parts })
  const paragraph = `<zoe.second@second.example>: host mx.second.example[203.0.113.9] said: ${code}\n    <zoe.second@second.example>: ${words} (in reply to RCPT TO command)\n`
  return changeText(whole, text => `${text.trimEnd()}\n\n${paragraph}`) ?? whole
}

/** The subject of the returned mail, wherever the report has it. */
function withOurSubject(mail: Entity, subject: string): Entity | null {
  const raw = writeEntity(mail)
  const returned =
    /\n(?:content-type: *(?:message\/rfc822|text\/rfc822-headers|message\/global)[^\n]*\n(?:[^\n]+\n)*\n|[^\n]*(?:copy of (?:the|your) message|original message)[^\n]*\n)/i.exec(
      raw,
    )
  if (returned === null) return null
  const old = /^subject: ?([^\n]+)$/im.exec(raw.slice(returned.index))?.[1]?.trim() ?? ''
  if (old.length < 8 || old.includes('=?') || mail.header.join('\n').includes('\n ')) return null
  return parseEntity(raw.replaceAll(old, subject))
}
