// The style, the script and the icon of the pages, each under a name that changes with its content.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'

/** Paths to link to. */
export interface Assets {
  readonly style: string
  readonly script: string
  readonly icon: string
}

interface Asset {
  readonly path: string
  readonly type: string
  readonly content: Buffer
}

/** Read once, at the start. */
export function readAssets(): { readonly assets: Assets; readonly serve: (app: FastifyInstance) => void } {
  const folder = folderAbove(import.meta.dirname)
  const read = (file: string, type: string): Asset => {
    const content = readFileSync(join(folder, file))
    const mark = createHash('sha256').update(content).digest('base64url').slice(0, 12)
    return { path: `/assets/${mark}-${file}`, type, content }
  }
  const style = read('page.css', 'text/css; charset=utf-8')
  const script = read('page.js', 'text/javascript; charset=utf-8')
  const icon = read('icon.svg', 'image/svg+xml')
  return {
    assets: { style: style.path, script: script.path, icon: icon.path },
    serve: app => {
      for (const { path, type, content } of [style, script, icon])
        app.get(path, { config: { isOpen: true } }, async (_request, reply) =>
          reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
        )
    },
  }
}

/** The package's folder of them, seen from the sources and from the build alike. Throws when there is none. */
function folderAbove(from: string): string {
  const folder = join(from, 'assets')
  if (existsSync(join(folder, 'page.css'))) return folder
  if (dirname(from) === from) throw new Error('The folder assets is missing from this installation')
  return folderAbove(dirname(from))
}
