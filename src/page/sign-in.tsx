// Signing in with a token of the API, and out.

import type { VNode } from 'preact'
import { Field, Hidden } from './forms.tsx'
import { formOf, ownPath, queryOf } from './given.ts'
import type { Routes } from './site.ts'
import { Notice } from './words.tsx'

const faults = {
  wrong: 'This is none of the tokens that are valid.',
  wait: 'Too many wrong tokens came from your network: try again in a minute.',
} as const

export const signIn: Routes = (app, site, send) => {
  const isOpen = { config: { isOpen: true } }
  app.get('/sign-in', isOpen, async (request, reply) => {
    const back = ownPath(queryOf(request).back, '/')
    if (!site.hasTokens) return reply.redirect(back, 303)
    return send(request, reply, pageOf(back))
  })

  app.post('/sign-in', isOpen, async (request, reply) => {
    const { token = '', back } = formOf(request)
    const path = ownPath(back, '/')
    const signedIn = site.signIn(request, reply, token.trim())
    if (signedIn.kind === 'in') return reply.redirect(path, 303)
    if (signedIn.kind === 'wait') reply.header('retry-after', String(signedIn.seconds))
    const status = signedIn.kind === 'wait' ? 429 : 401
    return send(request, reply, { ...pageOf(path, faults[signedIn.kind]), status })
  })

  app.post('/sign-out', async (request, reply) => {
    site.signOut(request, reply)
    return reply.redirect('/sign-in', 303)
  })
}

function pageOf(back: string, fault?: string) {
  return { title: 'Sign in', section: null, content: <Form back={back} fault={fault} /> }
}

function Form({ back, fault }: { readonly back: string; readonly fault: string | undefined }): VNode {
  return (
    <section class="sign-in">
      <h1>Rebound</h1>
      {fault === undefined ? null : <Notice kind="fault">{fault}</Notice>}
      <form method="post" action="/sign-in" class="stack">
        <Hidden values={{ back }} />
        <Field
          label="API token"
          name="token"
          type="password"
          required
          autoFocus
          autoComplete="current-password"
          hint="One that the operator of this server gave you. You stay signed in for twelve hours."
        />
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </section>
  )
}
