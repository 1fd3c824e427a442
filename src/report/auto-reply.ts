// Automatic answers (RFC 3834): vacation notices and acknowledgements. Asked after every report reader.

import { first } from '../message/header.ts'
import type { Finding } from './finding.ts'
import { isBounceSender } from './free-text.ts'
import type { Reading } from './reading.ts'

/** How subjects of automatic answers begin or what they contain, lower-cased. */
const subjects = [
  'out of office',
  'out of the office',
  'automatic reply',
  'auto reply',
  'auto-reply',
  'autoreply',
  'auto response',
  'auto-response',
  'autoresponse',
  'vacation',
  'away from my mail',
  'on holiday',
  'abwesenheitsnotiz',
  'abwesenheit',
  'automatische antwort',
  'nicht im büro',
  'réponse automatique',
  'absence du bureau',
  'absent du bureau',
  "message d'absence",
  'respuesta automática',
  'respuesta automatica',
  'fuera de la oficina',
  'risposta automatica',
  'fuori ufficio',
  'assenza',
  'resposta automática',
  'resposta automatica',
  'fora do escritório',
  'ausência',
  'automatisch antwoord',
  'afwezig',
  'autosvar',
  'automatiskt svar',
  'frånvaro',
  'automatyczna odpowiedź',
  'autoodpowiedź',
  'odpowiedź automatyczna',
  'автоответ',
  'автоматический ответ',
  'нет на месте',
  '自動応答',
  '自動返信',
  '不在',
  '自动回复',
  '自動回覆',
  '外出',
  '假期',
  '자동 회신',
  '부재중',
]

/** An automatic answer that is no bounce, or null. */
export function readAutoReply(reading: Reading): Finding | null {
  if (!isAutomatic(reading)) return null
  return { reader: 'auto-reply', kind: 'auto-reply', recipients: [] }
}

function isAutomatic(reading: Reading): boolean {
  const { header } = reading.message
  if (isBounceSender(reading)) return false
  const submitted = (first(header, 'auto-submitted') ?? '').toLowerCase()
  if (submitted.startsWith('auto-replied') || submitted.startsWith('auto-notified')) return true
  if (first(header, 'x-autoreply') !== null || first(header, 'x-autorespond') !== null) return true
  if ((first(header, 'precedence') ?? '').toLowerCase() === 'auto_reply') return true
  if (first(header, 'x-apple-action') === 'RULES/VACATION') return true
  const subject = reading.subject.toLowerCase()
  return subjects.some(words => subject.includes(words))
}
