// Preloaded into a server: its wall clock is off by the milliseconds that a file says, as if somebody had set it.

import { readFileSync } from 'node:fs'

const file = process.env.SOAK_CLOCK_FILE
const RealDate = Date
let offset = 0

if (file)
  setInterval(() => {
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0
    } catch {
      offset = 0
    }
  }, 50).unref()

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset)
    else super(...given)
  }

  static now() {
    return RealDate.now() + offset
  }
}
