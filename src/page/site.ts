// What every page needs beside its own content: the door to the rest, the assets, and the operator's links.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Caller } from '../http/access.ts'
import type { PageDoor } from '../http/page-door.ts'
import type { Assets } from './assets.ts'

/** What the operator says of the pages. */
export interface PageSettings {
  /** Where the CRM shows a record, `https://crm.example/{module}/{id}`; null: nobody told. */
  readonly recordUrl: string | null
  /** Names and values of the settings, without secrets. */
  readonly settings: readonly { readonly name: string; readonly value: string; readonly help: string }[]
  readonly version: string
  /** The database as it may be shown. */
  readonly databaseName: string
}

export interface Site extends PageDoor, PageSettings {
  readonly assets: Assets
}

/** A page to be sent. */
export interface Sheet {
  readonly title: string
  /** Of the menu, the entry that it belongs to. */
  readonly section: SiteSection | null
  readonly content: VNode
  readonly status?: number
}

export const sections = [
  { name: 'overview', path: '/', title: 'Overview' },
  { name: 'records', path: '/records', title: 'Bounced records' },
  { name: 'campaigns', path: '/campaigns', title: 'Campaigns' },
  { name: 'events', path: '/events', title: 'Events' },
  { name: 'replies', path: '/replies', title: 'Answers' },
  { name: 'incidents', path: '/incidents', title: 'Incidents' },
  { name: 'rules', path: '/rules', title: 'Rules' },
  { name: 'why', path: '/why', title: 'Why?' },
  { name: 'settings', path: '/settings', title: 'Settings' },
] as const

export type SiteSection = (typeof sections)[number]['name']

/** Registers what one file of this room shows. */
export type Routes = (app: FastifyInstance, site: Site, send: SendPage) => void

export type SendPage = (request: FastifyRequest, reply: FastifyReply, page: Sheet) => FastifyReply

/** Who looks at a page. */
export function callerOf(request: FastifyRequest): Caller {
  return request.caller ?? { name: null, isReader: false }
}
