// Try it: a mail as some mail program would send it comes back for a test record, and one watches what becomes of it.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { type TryChoice, tryRecord } from '../model/try-out.ts'
import { doctorPath } from './doctor.tsx'
import { choicesOf, Select } from './forms.tsx'
import { formOf, type Given } from './given.ts'
import { Heading } from './layout.tsx'
import { callerOf, type Routes, type Sheet } from './site.ts'
import { Notice, RecordLink, visible } from './words.tsx'

export const tryPath = '/settings/try'

export const tryIt: Routes = (app, { ports: { tryOut } }, send) => {
  if (tryOut === undefined) return
  const sheet = (content: VNode, status = 200): Sheet => ({
    title: 'Try it',
    section: 'settings',
    content,
    status,
  })

  app.get(tryPath, async (request, reply) => {
    const form = <Form choices={await tryOut.choices()} given={{}} fault={null} mayTry={mayTry(request)} />
    return send(request, reply, sheet(form))
  })

  app.post(tryPath, async (request, reply) => {
    const given = formOf(request)
    const { writer = '', scenario = '' } = given
    const tried = await tryOut.send(writer, scenario, { actor: actorOf(request) })
    const fault =
      tried.kind === 'unknown' ? tried.why : `It was not recorded. The server said: ${tried.response}`
    if (tried.kind === 'sent' && tried.bounceId !== null)
      return reply.redirect(`/events/${encodeURIComponent(tried.bounceId)}?done=tried`, 303)
    const form = <Form choices={await tryOut.choices()} given={given} fault={fault} mayTry />
    return send(request, reply, sheet(form, 400))
  })
}

const mayTry = (request: Parameters<typeof callerOf>[0]): boolean => !callerOf(request).isReader

function Form(props: {
  readonly choices: readonly TryChoice[]
  readonly given: Given
  readonly fault: string | null
  readonly mayTry: boolean
}): VNode {
  const { choices, given, fault } = props
  const scenarios = [...new Set(choices.flatMap(choice => choice.scenarios))]
  return (
    <>
      <Heading title="Try it" />
      {fault === null ? null : <Notice kind="fault">{visible(fault)}</Notice>}
      <p>
        A mail is sent to this server as if it came back: about the record{' '}
        <RecordLink module={tryRecord.module} id={tryRecord.id} />, which is there for nothing else. Then you
        see how it was read, why, and what happened to the record. No campaign counts it.
      </p>
      <form method="post" action={tryPath} class="stack card">
        <Select
          label="What happened"
          name="scenario"
          value={given.scenario ?? 'unknown-user'}
          choices={choicesOf(scenarios)}
        />
        <Select
          label="In whose words"
          name="writer"
          value={given.writer ?? 'postfix'}
          choices={choicesOf(choices.map(({ writer }) => writer))}
          hint="mailbox is what people and their programs answer; the others are mail servers."
        />
        {props.mayTry ? (
          <button type="submit" class="main">
            Send it
          </button>
        ) : null}
      </form>
      <p class="faint">
        Whether mail from outside arrives, <a href={doctorPath}>the doctor</a> knows.
      </p>
    </>
  )
}
