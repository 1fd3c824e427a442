// The little of Rebound's HTTP API that the harness needs, as any CRM would call it.

import type { Campaign } from '../model/campaign.ts'
import type { MintItem } from '../model/mint.ts'
import type { CrmRecord } from '../model/record.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'

/** What JSON makes of a value's dates. */
type AsJson<T> = {
  readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K]
}

export type RecordSeen = AsJson<CrmRecord>
export type CampaignSeen = AsJson<Campaign>
export type EventSeen = AsJson<StoredBounce>

export interface ReboundApi {
  /** Return paths in the order asked; any number of items. */
  readonly mint: (items: readonly MintItem[]) => Promise<readonly string[]>
  /** Names the campaign of a test, and leaves the brake on removals out of it. */
  readonly nameCampaign: (id: string, name: string) => Promise<void>
  readonly giveAddress: (module: string, id: string, email: string) => Promise<void>
  readonly record: (module: string, id: string) => Promise<RecordSeen>
  /** Newest or oldest first, as the server likes; up to 1,000. */
  readonly history: (module: string, id: string) => Promise<readonly EventSeen[]>
  readonly campaign: (id: string) => Promise<CampaignSeen>
  /** One page of a campaign's events, in the order they were recorded. */
  readonly bounces: (campaign: string, after: string | null) => Promise<EventPage>
}

export interface EventPage {
  readonly items: readonly EventSeen[]
  readonly next: string | null
}

/** The server is not there, does not want us, or answers otherwise than the API says; the message says what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
}

const mintAtOnce = 1000
const answerMs = 30_000

/** `base` as in `http://127.0.0.1:9925`; `token` where the server asks for one. */
export function apiAt(base: string, token?: string | undefined): ReboundApi {
  const root = base.replace(/\/+$/, '')

  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const request = (): RequestInit => ({
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(answerMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const exchange = async (): Promise<{ response: Response; text: string }> => {
      const response = await fetch(root + path, request())
      return { response, text: await response.text() }
    }
    const { response, text } = await exchange()
      .catch((error: unknown) => {
        // A server may close an idle connection just as we use it; what changes nothing twice is asked again.
        if (method !== 'POST' && reason(error) !== 'ECONNREFUSED') return exchange()
        throw error
      })
      .catch((error: unknown) => {
        throw new ApiError(
          `Nothing answers at ${root} (${reason(error)}). Start the server, or name its address with --http.`,
        )
      })
    if (response.ok) return parsed<T>(text, `${method} ${path}`)
    if (response.status === 401 || response.status === 403) {
      throw new ApiError(
        `${root} requires a token: give --token or REBOUND_API_TOKEN. It said: ${detailOf(text)}`,
      )
    }
    throw new ApiError(`${method} ${path} answered ${response.status}: ${detailOf(text)}`)
  }
  const at = (module: string, id: string): string =>
    `/v1/records/${encodeURIComponent(module)}/${encodeURIComponent(id)}`
  const campaignAt = (id: string): string => `/v1/campaigns/${encodeURIComponent(id)}`

  return {
    mint: async items => {
      const addresses: string[] = []
      for (let from = 0; from < items.length; from += mintAtOnce) {
        const answer = await call<{ items: readonly { address: string }[] }>('POST', '/v1/return-paths', {
          items: items.slice(from, from + mintAtOnce),
        })
        addresses.push(...answer.items.map(item => item.address))
      }
      if (addresses.length !== items.length) {
        throw new ApiError(`${items.length} return paths were asked for, ${addresses.length} came.`)
      }
      return addresses
    },
    nameCampaign: async (id, name) => {
      await call('PUT', campaignAt(id), { name, brake: false })
    },
    giveAddress: async (module, id, email) => {
      await call('PUT', at(module, id), { email })
    },
    record: async (module, id) => await call('GET', at(module, id)),
    history: async (module, id) =>
      (await call<EventPage>('GET', `${at(module, id)}/history?limit=1000`)).items,
    campaign: async id => await call('GET', campaignAt(id)),
    bounces: async (campaign, after) => {
      const query = new URLSearchParams({ campaign, limit: '1000', ...(after === null ? {} : { after }) })
      return await call('GET', `/v1/bounces?${query}`)
    },
  }
}

/** fetch hides the reason in `cause`. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const { code, message } = cause as { code?: unknown; message?: unknown }
  return String(code ?? message ?? cause)
}

function parsed<T>(text: string, request: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new ApiError(`${request} answered no JSON: ${text.slice(0, 100)}`)
  }
}

/** The words of a problem (RFC 9457), or the beginning of what else was answered. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown }
    if (typeof detail === 'string') return detail
  } catch {
    // No problem of ours: shown as it is.
  }
  return text.slice(0, 300)
}
