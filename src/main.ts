#!/usr/bin/env node
// Process entry: checks that this Node can run us, then hands the command line to `cli`.

// Nothing is imported above: an older Node would stop at syntax, or at a native module, that it does not know.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Rebound needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath}). Install a newer Node.js, then npm ci again.\n`,
  )
  process.exit(1)
}

// A reader that has seen enough, such as head(1), closes the pipe: not an error, and nothing more to write.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
  throw error
})

const { run } = await import('./cli/program.ts')
process.exitCode = await run(process.argv.slice(2), process.env)

export {}
