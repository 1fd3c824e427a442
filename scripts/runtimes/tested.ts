// The versions of Node that are tested besides the one that runs the suite. The README and the image name no others.

export interface TestedRuntime {
  readonly version: string
  /** The version whose headers SQLite is compiled against. */
  readonly headers: string
}

export const testedRuntimes: readonly TestedRuntime[] = [
  // With the headers of 24.19 and later, every object of a native module aborts the process when it is collected
  // (nodejs/node issue 65446); with older ones, the module runs on those versions too.
  { version: '24.21.0', headers: '24.18.1' },
  { version: '26.10.0', headers: '26.10.0' },
]
