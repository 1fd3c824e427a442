// Automatic answers in the languages people write them in, and what only looks like one.

import { describe, expect, test } from 'vitest'
import { read } from './fixtures.ts'

async function check(headers: Readonly<Record<string, string>>, expected: string): Promise<void> {
  const lines = Object.entries({ From: 'ana@example.org', To: 'b-x@bounces.crm.example', ...headers })
  const mail = `${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\nHello, I am away.\r\n`
  expect((await read(Buffer.from(mail))).kind).toBe(expected)
}

describe('a subject is enough', () => {
  test.each([
    ['English', 'Out of Office Re: News'],
    ['English', 'Automatic reply: News'],
    ['English', 'On parental leave'],
    ['German', 'Abwesenheitsnotiz: News'],
    ['German', 'Automatische Antwort: News'],
    ['German', 'Urlaub: Re: News'],
    ['French', 'Réponse automatique : News'],
    ['French', "Réponse d'absence"],
    ['French', 'Absent: News'],
    ['Spanish', 'Respuesta automática: News'],
    ['Spanish', 'Fuera de la oficina'],
    ['Italian', 'Risposta automatica: News'],
    ['Italian', 'Assente Re: News'],
    ['Italian', 'Non in ufficio'],
    ['Portuguese', 'Resposta automática: News'],
    ['Portuguese', 'Ausente do escritório'],
    ['Dutch', 'Automatisch antwoord: News'],
    ['Dutch', 'Afwezigheidsbericht'],
    ['Swedish', 'Autosvar: News'],
    ['Swedish', 'Frånvarande'],
    ['Polish', 'Automatyczna odpowiedź: News'],
    ['Polish', 'Poza biurem'],
    ['Russian', 'Автоматический ответ: News'],
    ['Russian', 'Вне офиса: News'],
    ['Ukrainian', 'Автоматична відповідь: News'],
    ['Bulgarian', 'Автоматичен отговор: News'],
    ['Croatian', 'Automatski odgovor: News'],
    ['Greek', 'Απάντηση εκτός γραφείου'],
    ['Hebrew', 'מענה אוטומטי: News'],
    ['Japanese', '自動応答: News'],
    ['Japanese', '不在のお知らせ'],
    ['Chinese', '自动回复: News'],
    ['Chinese', '自動回覆: News'],
    ['Czech', 'Automatické odpovědi: News'],
    ['Turkish', 'Otomatik Yanıt: News'],
  ])('%s: %s', (_, subject) => check({ Subject: subject }, 'auto-reply'))
})

describe('a header is enough, whatever the subject', () => {
  test.each([
    [{ 'Auto-Submitted': 'auto-replied' }],
    [{ 'Auto-Submitted': 'auto-replied (vacation)' }],
    [{ 'X-Autoreply': 'yes' }],
    [{ Precedence: 'auto_reply' }],
    [{ 'X-Autorespond': 'News' }],
    [{ 'X-Auto-Response-Suppress': 'All', 'In-Reply-To': '<1@crm.example>' }],
    [{ 'X-Delivery-Agent': 'TMDA/1.1.12 (Macallan)' }],
  ])('%j', headers => check({ Subject: 'Re: News', ...headers }, 'auto-reply'))
})

describe('is none', () => {
  test.each([
    ['a person’s answer', { Subject: 'Re: News', 'In-Reply-To': '<1@crm.example>' }],
    ['a machine’s mail that answers nothing', { Subject: 'Your order', 'Auto-Submitted': 'auto-generated' }],
    ['a cron job', { Subject: 'Cron <root@host> backup', 'X-Cron-Env': '<SHELL=/bin/sh>' }],
  ])('%s', (_, headers) => check(headers, 'ordinary'))
})
