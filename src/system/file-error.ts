// What the file system refuses, in words for the person who named the file.

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
}

/** Words for an error of the file system; of any other, its own message. */
export function fileErrorWords(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>
  return words[code ?? ''] ?? message ?? String(error)
}
