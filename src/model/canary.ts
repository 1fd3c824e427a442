// The canary: a bounce that an operator sends to itself, to see that it arrives. No record, campaign, webhook or rate sees it.

/** The module of its return path: reserved, so that a mapping file cannot name it. */
export const canaryModule = 'canary'
