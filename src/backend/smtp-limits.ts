// The limits of SMTP as the settings say, in the units of the listener.

import type { Config } from '../settings/config.ts'

const toMs = (seconds: number): number => seconds * 1000

export const smtpLimits = (config: Config) => ({
  maxMessageBytes: config.maxMessageBytes,
  maxConnections: config.maxClients,
  maxConnectionsPerIp: config.maxClientsPerIp,
  maxConnectionsPerNetwork: config.maxClientsPerNetwork,
  maxCommandsWithoutMessage: config.maxCommands,
  maxErrorsWithoutMessage: config.maxRefusals,
  maxEmptyMessages: config.maxEmptyMessages,
  maxSessionMessages: config.sessionMessages,
  idleMs: toMs(config.idleSeconds),
  stressIdleMs: toMs(config.stressIdleSeconds),
  dataMs: toMs(config.dataSeconds),
  stressDataMs: toMs(config.stressDataSeconds),
  dataBytesPerSecond: config.dataBytesPerSecond,
  handlerMs: toMs(config.handlerSeconds),
  sessionMs: toMs(config.sessionSeconds),
  maxRoleMailPerDay: config.roleMailPerDay,
})
