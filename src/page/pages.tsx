// The pages for people: registers each, and what they have in common (headers, forms, errors).

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OpenPages } from '../http/page-door.ts'
import { HttpProblem, problemOf } from '../http/problem.ts'
import { readAssets } from './assets.ts'
import { bouncedRecords } from './bounced-records.tsx'
import { campaign } from './campaign.tsx'
import { campaigns } from './campaigns.tsx'
import { doctor } from './doctor.tsx'
import { events } from './events.tsx'
import { forget } from './forget.tsx'
import { readForms } from './form-bodies.ts'
import { incidents } from './incidents.tsx'
import { documentOf, Heading } from './layout.tsx'
import { overview } from './overview.tsx'
import { postmaster } from './postmaster.tsx'
import { record } from './record.tsx'
import { replies } from './replies.tsx'
import { ruleFiles } from './rule-files.tsx'
import { rules } from './rules.tsx'
import { savedViews } from './saved-views.tsx'
import { settings } from './settings.tsx'
import { signIn } from './sign-in.tsx'
import {
  callerOf,
  type PageSettings,
  type Routes,
  type SendPage,
  type Site,
  type SiteSection,
  sections,
} from './site.ts'
import { stripped } from './stripped.tsx'
import { tryIt } from './try-it.tsx'
import { undoMany } from './undo-many.tsx'
import { webhooks } from './webhooks.tsx'
import { why } from './why.tsx'
import { Notice, visible } from './words.tsx'

const pages: readonly Routes[] = [
  signIn,
  overview,
  bouncedRecords,
  record,
  forget,
  savedViews,
  stripped,
  events,
  replies,
  campaigns,
  campaign,
  incidents,
  undoMany,
  rules,
  ruleFiles,
  why,
  settings,
  tryIt,
  doctor,
  webhooks,
  postmaster,
]

const headers = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  // Browsers send no Origin with a form where the page may tell nobody where it is.
  'referrer-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const

/** What the HTTP side calls to have pages. Throws when the assets cannot be read. */
export function pagesOf(told: PageSettings): OpenPages {
  const { assets, serve } = readAssets()
  return (app, door) => {
    const site: Site = { ...door, ...told, assets }
    const send: SendPage = (request, reply, page) =>
      reply
        .code(page.status ?? 200)
        .headers(headers)
        .type('text/html; charset=utf-8')
        .send(documentOf(page, site, callerOf(request)))
    serve(app)
    app.addHook('onRoute', route => {
      route.config = { ...route.config, isPage: true }
    })
    readForms(app)
    app.setErrorHandler((error, request, reply) => answerProblem(error, request, reply, send))
    for (const routes of pages) routes(app, site, send)
    return (request, reply) => {
      const problem = new HttpProblem(404, 'There is no page at this address.')
      answerProblem(problem, request, reply, send)
    }
  }
}

/** The entry of the menu under which a path stands. */
function sectionOf(url: string): SiteSection {
  const [, first = ''] = url.split(/[/?]/, 2)
  return sections.find(({ path }) => path === `/${first}`)?.name ?? 'overview'
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, send: SendPage): void {
  const problem = problemOf(error)
  if (problem.cause !== undefined) request.log.error({ err: problem.cause }, problem.message)
  reply.headers(problem.headers)
  send(request, reply, {
    title: problem.details().title,
    section: request.caller === undefined ? null : sectionOf(request.url),
    status: problem.status,
    content: (
      <>
        <Heading title={problem.details().title} />
        <Notice kind="fault">{visible(problem.message)}</Notice>
        <p>
          <a href="/">To the overview</a>
        </p>
      </>
    ),
  })
}
