// Holds the write lock of an SQLite file for a while, as another program would: node lock-sqlite.mjs FILE MS

import Database from 'better-sqlite3'

const [file, ms] = process.argv.slice(2)
const database = new Database(file)
database.exec('begin immediate')
process.send('locked')
setTimeout(() => {
  database.exec('commit')
  database.close()
  process.disconnect()
}, Number(ms))
