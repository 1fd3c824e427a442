// The versions of Node that are tested besides the one that runs the suite. The README and the image name no others.

export const testedRuntimes = ['24.21.0', '26.10.0'] as const
