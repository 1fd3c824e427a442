// The signing keys: from the settings, or made once and kept in the data directory.

import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { folderFault } from '../system/folder.ts'
import type { Config } from './config.ts'

const fileName = 'secret'

/** The data directory cannot be used; the message names the setting. */
export class DataDirError extends Error {}

/** False where `signingSecrets` would make one. */
export const hasSecret = ({ secrets, dataDir }: Config): boolean =>
  secrets.length > 0 || existsSync(join(dataDir, fileName))

/**
 * The signing keys, newest first. With SQLite and no setting, one is created in `<dataDir>/secret`, mode 0600;
 * two processes that start together end with the same one.
 * @throws DataDirError if it cannot be created; an Error with the reason if the file cannot be read or has no usable key.
 */
export function signingSecrets(config: Config): readonly string[] {
  if (config.secrets.length > 0) return config.secrets
  const path = join(config.dataDir, fileName)
  const keys = (read(path) ?? make(config.dataDir, path))
    .split(/[,\n]/)
    .map(key => key.trim())
    .filter(key => key !== '')
  if (keys.length === 0 || keys.some(key => Buffer.byteLength(key) < 32))
    throw new Error(
      `${path} holds no key of at least 32 bytes; restore it from a backup, or set REBOUND_SECRET`,
    )
  return keys
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function make(dataDir: string, path: string): string {
  const fault = folderFault(dataDir)
  if (fault !== null) throw new DataDirError(`REBOUND_DATA_DIR ${fault}`)
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  writeSync(file, `${randomBytes(32).toString('hex')}\n`)
  fsyncSync(file)
  closeSync(file)
  chmodSync(draft, 0o600)
  try {
    // link() fails if another process was faster, and never exposes a half-written file.
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8')
}
