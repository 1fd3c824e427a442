// Colours on a real terminal, and where somebody wants none (https://no-color.org).

import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'
import { hasTool } from '../tools.ts'

/** What a command writes on a pseudo-terminal. */
function onTerminal(settings: Readonly<Record<string, string>>): string {
  const words = ['-qec', 'node dist/src/main.js categories', '/dev/null']
  // Nothing else of the environment: Node shows a terminal on a CI machine no colours (CI, TEAMCITY_VERSION, …).
  const { PATH, HOME } = process.env
  return execFileSync('script', words, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH, HOME, TERM: 'xterm-256color', ...settings },
  })
}

// Its options are those of util-linux.
describe.skipIf(!hasTool('script') || process.platform !== 'linux')('a table on a terminal', () => {
  test('has colours', () => expect(onTerminal({})).toContain('\u001b[31mhard\u001b[0m'))

  test('has none with NO_COLOR', () => {
    const text = onTerminal({ NO_COLOR: '1' })
    expect(text).toContain('hard')
    expect(text).not.toContain('\u001b')
  })
})
