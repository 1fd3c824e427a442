#!/usr/bin/env node
// Process entry: hands the command line to `cli`.

import { run } from './cli/program.ts'

process.exitCode = await run(process.argv.slice(2), process.env)
