// Programs of other packages that some suites need: found, left out in one line, or required.

import { spawnSync } from 'node:child_process'

/** What is asked of each, by the name of the program; the Debian package that brings it. */
const tools = {
  dovecot: 'dovecot-imapd dovecot-pop3d',
  jq: 'jq',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  python3: 'python3',
  script: 'bsdutils',
  'systemd-analyze': 'systemd',
  'systemd-notify': 'systemd',
  'systemd-socket-activate': 'systemd',
} as const

export type Tool = keyof typeof tools

const isMissing = (tool: string): boolean => spawnSync(tool, ['--version']).error !== undefined
const missing = (Object.keys(tools) as Tool[]).filter(isMissing)

export const hasTool = (tool: Tool): boolean => !missing.includes(tool)

/** Null if nothing is missing, else what is left out for it and how to mend that. */
export function toolsLeftOut(): string | null {
  if (missing.length === 0) return null
  const packages = [...new Set(missing.map(tool => tools[tool]))]
  return `Suites that need ${missing.join(', ')} are left out: install ${packages.join(', ')}`
}
