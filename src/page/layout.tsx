// The frame of every page: head, menu, content, foot.

import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Caller } from '../http/access.ts'
import { Act } from './forms.tsx'
import { type Sheet, type Site, type SiteSection, sections } from './site.ts'
import { visible } from './words.tsx'

/** The whole document. */
export function documentOf(page: Sheet, site: Site, caller: Caller): string {
  return `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title} – Rebound`}</title>
        <link rel="stylesheet" href={site.assets.style} />
        <link rel="icon" href={site.assets.icon} type="image/svg+xml" />
        <script type="module" src={site.assets.script} />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        {page.section === null ? null : <Menu section={page.section} site={site} caller={caller} />}
        <main id="content" tabIndex={-1}>
          {page.content}
        </main>
      </body>
    </html>,
  )}`
}

function Menu(props: { readonly section: SiteSection; readonly site: Site; readonly caller: Caller }): VNode {
  const { section, site, caller } = props
  return (
    <header class="menu">
      <a class="brand" href="/">
        <Sign />
        Rebound
      </a>
      <nav aria-label="Main">
        <ul>
          {sections.map(({ name, path, title }) => (
            <li key={name}>
              <a href={path} {...(name === section ? { 'aria-current': 'page' as const } : {})}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="who">
        {site.hasTokens ? (
          <>
            <span class="faint">
              {visible(caller.name ?? 'signed in')}
              {caller.isReader ? ' (may only read)' : ''}
            </span>
            <Act action="/sign-out" class="quiet">
              Sign out
            </Act>
          </>
        ) : null}
        <span class="faint">{site.version}</span>
      </div>
    </header>
  )
}

/** A path that comes back. */
function Sign(): VNode {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d="M3 6c6 0 10 3 10 8v4M9 14l4 5 4-5M21 6h-4"
        fill="none"
        stroke="currentColor"
        stroke-width="2.2"
      />
    </svg>
  )
}

/** The head of a page's content. */
export function Heading({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}): VNode {
  return (
    <div class="heading">
      <h1>{title}</h1>
      {children}
    </div>
  )
}
