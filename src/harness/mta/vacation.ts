// Absence notes: the languages, and the very different ways in which programs mark an answer as automatic. A table.

import { base64, encodedWord, quotedPrintable } from '../lines.ts'

export interface Vacation {
  /** `{subject}` is that of the mail answered. */
  readonly subject: string
  /** Header lines that tell a program what it is; none at all in some. */
  readonly marks: readonly string[]
  readonly text: readonly string[]
  readonly encoding: '8bit' | 'base64' | 'quoted-printable'
}

export const vacations = {
  'out-of-office': {
    subject: 'Automatic reply: {subject}',
    marks: ['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All'],
    text: [
      'Hello,',
      '',
      'I am out of the office until Monday and read my mail only now and then.',
      'If it is urgent, please call 555 0100.',
      '',
      'Ana',
    ],
    encoding: '8bit',
  },
  'vacation-de': {
    subject: 'Abwesenheitsnotiz: {subject}',
    marks: ['X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply'],
    text: [
      'Guten Tag,',
      '',
      'ich bin bis einschließlich 14. März nicht im Büro. Ihre Nachricht wird nicht',
      'weitergeleitet. In dringenden Fällen wenden Sie sich bitte an die Zentrale.',
      '',
      'Mit freundlichen Grüßen',
      'Ana',
    ],
    encoding: 'quoted-printable',
  },
  'vacation-fr': {
    subject: 'Réponse automatique : {subject}',
    marks: ['Auto-Submitted: auto-replied (vacation)', 'Precedence: junk'],
    text: [
      'Bonjour,',
      '',
      'je suis absente du bureau jusqu’à lundi prochain. Je lirai votre message à mon retour.',
      '',
      'Cordialement',
      'Ana',
    ],
    encoding: 'quoted-printable',
  },
  'vacation-es': {
    subject: 'Respuesta automática: {subject}',
    marks: ['Precedence: bulk', 'X-Autoreply: yes', 'Auto-Submitted: auto-replied'],
    text: [
      'Hola:',
      '',
      'Estoy de vacaciones hasta el lunes. Contestaré a su mensaje a mi vuelta.',
      '',
      'Ana',
    ],
    encoding: 'base64',
  },
  'vacation-it': {
    subject: 'Risposta automatica: {subject}',
    marks: ['X-Autorespond: {subject}', 'Precedence: auto_reply'],
    text: ['Buongiorno,', '', 'sono in ferie fino a lunedì. Risponderò appena possibile.', '', 'Ana'],
    encoding: '8bit',
  },
  'vacation-pt': {
    subject: 'Resposta automática: {subject}',
    marks: [],
    text: ['Bom dia,', '', 'estou fora do escritório até segunda-feira. Respondo quando voltar.', '', 'Ana'],
    encoding: 'quoted-printable',
  },
  'vacation-nl': {
    subject: 'Automatisch antwoord: {subject}',
    marks: ['Auto-Submitted: auto-replied'],
    text: ['Beste,', '', 'Ik ben tot maandag afwezig en lees mijn mail niet.', '', 'Ana'],
    encoding: '8bit',
  },
  'vacation-sv': {
    subject: 'Autosvar: {subject}',
    marks: ['Auto-Submitted: auto-replied'],
    text: ['Hej,', '', 'Jag är inte på kontoret förrän på måndag.', '', 'Ana'],
    encoding: 'quoted-printable',
  },
  'vacation-pl': {
    subject: 'Automatyczna odpowiedź: {subject}',
    marks: ['X-Autoreply: yes'],
    text: ['Dzień dobry,', '', 'jestem na urlopie do poniedziałku. Odpowiem po powrocie.', '', 'Ana'],
    encoding: 'base64',
  },
  'vacation-ru': {
    subject: 'Автоматический ответ: {subject}',
    marks: [],
    text: ['Здравствуйте!', '', 'Я в отпуске до понедельника и отвечу после возвращения.', '', 'Ана'],
    encoding: 'base64',
  },
  'vacation-ja': {
    subject: '自動返信: {subject}',
    marks: ['Auto-Submitted: auto-replied'],
    text: [
      'お世話になっております。',
      '',
      '月曜日まで不在にしております。戻り次第ご連絡いたします。',
      '',
      'アナ',
    ],
    encoding: 'base64',
  },
  'vacation-zh': {
    subject: '自动回复: {subject}',
    marks: [],
    text: ['您好：', '', '我目前不在办公室，周一回来后会尽快回复您。', '', '安娜'],
    encoding: 'base64',
  },
} as const satisfies Record<string, Vacation>

export type VacationName = keyof typeof vacations

/** Subject and marks as header lines, then Content fields, the empty line and the text. */
export function vacationLines(name: VacationName, subject: string): { subject: string; rest: string[] } {
  const { encoding, marks, subject: pattern, text }: Vacation = vacations[name]
  const words = pattern.replace('{subject}', subject)
  const body = {
    '8bit': () => [...text],
    base64: () => base64(text.join('\r\n')),
    'quoted-printable': () => quotedPrintable(text),
  }[encoding]()
  return {
    subject: /^[ -~]*$/.test(words) ? words : encodedWord(words),
    rest: [
      ...marks.map(mark => mark.replace('{subject}', subject)),
      'Content-Type: text/plain; charset=utf-8',
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      ...body,
    ],
  }
}
