// Why a mail would be judged as it would be: pasted or dropped, read by the reader, kept nowhere.

import type { FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { ClassifiedAndWhy } from '../model/classified.ts'
import { formOf } from './given.ts'
import { kindIn } from './history.tsx'
import { Ladder } from './ladder.tsx'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { Notice, visible, Words } from './words.tsx'

export const why: Routes = (app, { ports }, send) => {
  const { classify } = ports
  if (classify === undefined) return
  const sheet = (content: VNode) => ({ title: 'Why?', section: 'why', content }) as const

  app.get('/why', async (request, reply) => send(request, reply, sheet(<Form fault={null} />)))

  app.post('/why', async (request, reply) => {
    const mail = mailIn(request)
    if (mail === null)
      return send(request, reply, { ...sheet(<Form fault="Choose a file, or paste a mail." />), status: 400 })
    const nullSender = formOf(request).nullSender === 'yes'
    const answer = await classify(mail, { nullSender })
    return send(
      request,
      reply,
      sheet(
        <>
          <Form fault={null} />
          <Answer answer={answer} />
        </>,
      ),
    )
  })
}

/** The file, else the text; null where there is neither. */
function mailIn(request: FastifyRequest): AsyncIterable<Uint8Array> | null {
  const { file } = (request.body ?? {}) as { readonly file?: unknown }
  if (file instanceof Blob && file.size > 0) return file.stream() as unknown as AsyncIterable<Uint8Array>
  const { text } = formOf(request)
  return text === undefined ? null : onePiece(Buffer.from(text.trimStart()))
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function Form({ fault }: { readonly fault: string | null }): VNode {
  return (
    <>
      <Heading title="How would a mail be judged, and why?" />
      {fault === null ? null : <Notice kind="fault">{fault}</Notice>}
      <form method="post" action="/why" encType="multipart/form-data" class="stack card drop">
        <div class="field">
          <label for="file">A mail as a file (.eml)</label>
          <input id="file" name="file" type="file" accept=".eml,message/rfc822,text/plain" />
        </div>
        <div class="field">
          <label for="text">or its source</label>
          <textarea id="text" name="text" aria-describedby="text-hint" />
          <small id="text-hint" class="faint">
            The whole mail with its header. It is looked at, and kept nowhere.
          </small>
        </div>
        <div class="field">
          <label>
            <input type="checkbox" name="nullSender" value="yes" aria-describedby="sender-hint" />
            It came with MAIL FROM:&lt;&gt;
          </label>
          <small id="sender-hint" class="faint">
            Mail programs send their reports without a sender. Leave it if you do not know.
          </small>
        </div>
        <button type="submit" class="main">
          Explain
        </button>
      </form>
    </>
  )
}

function Answer({ answer }: { readonly answer: ClassifiedAndWhy }): VNode {
  const { classified, reader, signs, explanation } = answer
  return (
    <section aria-labelledby="answer">
      <h2 id="answer">{kindIn(classified.kind)}</h2>
      <dl>
        <dt>Read by</dt>
        <dd>{reader === 'none' ? 'no reader took it for a report' : <code>{reader}</code>}</dd>
        <dt>Reported by</dt>
        <dd>
          <Words text={classified.reportingMta} />
        </dd>
        <dt>Signs of a mail system</dt>
        <dd>
          {signs.length === 0 ? 'none' : visible(signs.map(sign => sign.replaceAll(/\s+/g, ' ')).join('; '))}
        </dd>
        <dt>Subject of the original</dt>
        <dd>
          <Words text={classified.original.subject} />
        </dd>
        {classified.problems.map(({ code, detail }) => (
          <>
            <dt>Problem</dt>
            <dd>
              {code} <Words text={detail ?? ''} none="" />
            </dd>
          </>
        ))}
      </dl>
      {explanation.map((recipient, at) => (
        <>
          {classified.recipients[at]?.diagnostic ? (
            <blockquote class="said">
              <Words text={classified.recipients[at]?.diagnostic ?? null} />
            </blockquote>
          ) : null}
          <Ladder recipient={recipient} />
        </>
      ))}
    </section>
  )
}
