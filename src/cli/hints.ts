// Command lines that we print for the person to type: how they begin depends on how this process was started.

import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, relative, sep } from 'node:path'

export interface Hints {
  /** `words` as a command line that works where this process was started. */
  readonly rebound: (words: string) => string
  /** The text of another room: it names our command lines in backquotes, `rebound keys list`. */
  readonly inText: (text: string) => string
  /** True where such a command line has the settings of this process. */
  readonly sharesSettings: boolean
}

/** How this process was started. */
export interface Start {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `process.argv[1]`: the script as it was named, symbolic links not followed. */
  readonly script: string
  readonly directory: string
  /** The command that runs another process in this container; null outside of one. */
  readonly container: string | null
  /** Whether deploy/rebound.sh is installed: it has the settings of the service. */
  readonly hasWrapper: boolean
}

export const thisStart = (environment: Start['environment']): Start => ({
  environment,
  script: process.argv[1] ?? '',
  directory: process.cwd(),
  container: containerCommand(),
  hasWrapper: existsSync('/usr/local/bin/rebound'),
})

/** Where the image has its files (Dockerfile): in somebody else's container the command lines of a shell there work. */
const imageDirectory = '/app'

/** Docker and Podman leave a file in the root; the host name is the container's id unless somebody chose another. */
function containerCommand(): string | null {
  if (process.cwd() !== imageDirectory) return null
  if (existsSync('/run/.containerenv')) return `podman exec ${hostname()}`
  if (existsSync('/.dockerenv')) return `docker exec ${hostname()}`
  return null
}

const scripts = ['start', 'rebound', 'bounce', 'demo']
const installed = `node_modules${sep}rebound-mx${sep}`
const linked = `node_modules${sep}.bin${sep}`

export function hintsOf(start: Start): Hints {
  const rebound = reboundOf(start)
  return {
    rebound,
    inText: text =>
      text.replace(/(`[^`]{0,100}?)\brebound ([a-z][^`]*`)/g, (_, before, words) => before + rebound(words)),
    sharesSettings: start.container !== null,
  }
}

function reboundOf({ environment, script, directory, container, hasWrapper }: Start): Hints['rebound'] {
  const { npm_package_name: project, npm_lifecycle_event: event = '' } = environment
  if (container !== null) return words => `${container} node dist/src/main.js ${words}`
  if (project === 'rebound-mx' && scripts.includes(event)) return npmScript
  // In a project's own node_modules; npx finds it there.
  if (script.includes(linked) || script.includes(installed)) return words => `npx rebound-mx ${words}`
  if (basename(script).startsWith('rebound')) return words => `rebound ${words}`
  const path = relative(directory, script)
  // The service and its wrapper start us from elsewhere; `node` would not have their settings.
  if (hasWrapper && path.startsWith('..')) return words => `rebound ${words}`
  return words => `node ${path} ${words}`
}

function npmScript(words: string): string {
  if (words === 'serve') return 'npm start'
  const [, bounce] = /^bounce (.+)$/s.exec(words) ?? []
  return bounce === undefined ? `npm run -s rebound -- ${words}` : `npm run -s bounce -- ${bounce}`
}
