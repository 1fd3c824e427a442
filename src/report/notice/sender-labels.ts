// Labels before the address of whoever sent the mail that failed: never the recipient, in whatever language.

import { addressesInText } from '../machine/typed-address.ts'
import { labelName } from './heads.ts'
import { list } from './phrases.ts'

const senderLabels = new Set(
  list(`
  from | from address | sender | sender address | sender email | original sender | message sender | sent by |
  return-path | return path | reverse-path | envelope from | envelope-from | envelope sender | mail from | reply-to |
  von | absender | absenderadresse | de | expéditeur | expediteur | remitente | mittente | da | remetente |
  van | afzender | från | avsändare | fra | afsender | avsender | lähettäjä | nadawca | od | odesílatel |
  odosielateľ | feladó | expeditor | gönderen | kimden | отправитель | от | від | відправник | αποστολέας |
  差出人 | 送信者 | 送信元 | 发件人 | 寄件人 | 寄件者 | 發件人 | 發信人 | 보낸 사람 | 보낸사람 | 보낸이 | 발신자 |
  người gửi | pengirim | المرسل | מאת | שולח
`),
)

const label = /^\s{0,20}(\p{L}[\p{L}\d -]{0,30}?)\s?[:：](?:\s|(?=[<"']?\S{1,64}@)|$)/u

/** The label a line begins with, in lower case and without its number; empty where none does. */
export function labelOf(line: string): string {
  return labelName(label.exec(line.slice(0, 120))?.[1] ?? '')
}

/** What stands behind the label. */
export function labelledValue(line: string): string {
  return line.slice(label.exec(line.slice(0, 120))?.[0].length ?? 0).trim()
}

export const isSenderLabel = (name: string): boolean => senderLabels.has(name)

/** The addresses that lines label as the sender's. */
export function labelledSenders(lines: readonly string[]): readonly string[] {
  return lines
    .filter(line => line.includes('@') && isSenderLabel(labelOf(line)))
    .flatMap(line => addressesInText(line, 2))
}
