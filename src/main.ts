#!/usr/bin/env node
// Process entry: hands the command line to `cli`.

import { run } from './cli/program.ts'

// A reader that has seen enough, such as head(1), closes the pipe: no fault of ours, and nothing more to say.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await run(process.argv.slice(2), process.env)
