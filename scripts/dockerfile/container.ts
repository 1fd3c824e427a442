// Runs commands in what was built as a container engine would: its directory is `/`, read-only but for the volume, and
// the user is the image's. On a machine that does not allow that, it runs them in place and says what is missing.

import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Built, imageUser } from './build.ts'

export interface Container {
  /** Null where the root file system is truly read-only; else why it is not, in words for the person. */
  readonly shortcoming: string | null
  /** The volume's directory on this machine. */
  readonly volume: string
  /** Starts `file` with `words` in the image's WORKDIR; `settings` come on top of the image's ENV. */
  readonly start: (words: readonly string[], settings: Readonly<Record<string, string>>) => ChildProcess
}

/** What of this machine stands for the base image: its programs and libraries, seen read-only. */
const baseImage = ['bin', 'sbin', 'lib', 'lib64', 'usr', 'etc', 'proc']
/** Present in every image and writable nowhere when the root file system is read-only. */
const temporary = ['tmp', 'var/tmp']
const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
const nodeFolder = 'node-of-this-machine'

// $1 the root, $2 the volume, $3 node, $4 user and group or nothing; then the command. Exec throughout: a signal reaches it.
const enter = `
set -e
root=$1 volume=$2 node=$3 user=$4; shift 4
mount --make-rprivate /
mount --bind "$root" "$root"
for each in ${baseImage.join(' ')}; do
  [ -L "$root/$each" ] || [ ! -d "$root/$each" ] || mount --rbind "/$each" "$root/$each"
done
mount --bind /dev/null "$root/dev/null"
mount --bind "$node" "$root/${nodeFolder}/node"
mount --bind "$root$volume" "$root$volume"
for each in ${baseImage.filter(each => each !== 'proc').join(' ')}; do
  [ -L "$root/$each" ] || [ ! -d "$root/$each" ] || mount -o remount,bind,ro "$root/$each"
done
mount -o remount,bind,ro "$root"
exec chroot \${user:+--userspec=$user --groups=} "$root" "$@"
`

/** The container of a built image whose first volume holds the data. */
export async function container({ stage, root }: Built): Promise<Container> {
  const volume = stage.volumes[0]
  if (volume === undefined) throw new Error('the image has no VOLUME for its data')
  for (const each of [...temporary, 'dev', nodeFolder]) mkdirSync(join(root, each), { recursive: true })
  for (const file of ['dev/null', `${nodeFolder}/node`]) writeFileSync(join(root, file), '')
  for (const each of baseImage) likeThisMachine(root, each)

  const outerPath = `${process.env.PATH}:/usr/sbin:/sbin`
  const innerPath = `/${nodeFolder}:/usr/local/bin:/usr/bin:/bin`
  const unshare = imageUser === null ? ['unshare', '--map-root-user', '--mount'] : ['unshare', '--mount']
  const user = imageUser === null ? '' : `${imageUser.uid}:${imageUser.gid}`
  const node = realpathSync(process.execPath)
  const start: Container['start'] = (words, settings) => {
    const first = ['/usr/bin/env', '-C', stage.workdir, `PATH=${innerPath}`]
    const [file = '', ...rest] = [
      ...unshare,
      'sh',
      '-c',
      enter,
      'enter',
      root,
      volume,
      node,
      user,
      ...first,
      ...words,
    ]
    return spawn(file, rest, { stdio, env: { PATH: outerPath, ...stage.environment, ...settings } })
  }
  const startInPlace: Container['start'] = ([file = '', ...words], settings) =>
    spawn(file, words, {
      stdio,
      cwd: join(root, stage.workdir),
      env: { PATH: outerPath, ...inPlace(stage.environment, root, volume), ...settings },
      ...imageUser,
    })
  const failure = await failureOf(start(['true'], {}))
  return {
    shortcoming:
      failure &&
      `a read-only root file system; it takes Linux, unshare(1), and root or user namespaces (${failure})`,
    volume: join(root, volume),
    start: failure === null ? start : startInPlace,
  }
}

/** Without a root of its own, the volume is where it was built. */
const inPlace = (environment: Readonly<Record<string, string>>, root: string, volume: string) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value === volume ? join(root, volume) : value]),
  )

function likeThisMachine(root: string, each: string): void {
  const here = join('/', each)
  if (!existsSync(here) || lstatSync(join(root, each), { throwIfNoEntry: false })) return
  if (lstatSync(here).isSymbolicLink()) symlinkSync(readlinkSync(here), join(root, each))
  else mkdirSync(join(root, each))
}

/** Null when it ended with 0, else its first line of complaint. */
async function failureOf(child: ChildProcess): Promise<string | null> {
  let text = ''
  child.stderr?.on('data', chunk => {
    text += chunk
  })
  return await new Promise(done => {
    child.once('error', error => done(error.message))
    child.once('close', code => done(code === 0 ? null : (text.split('\n')[0] ?? '')))
  })
}
