// One attack in a process of its own, so that what it costs its sender delays no innocent mail. Takes its name, the
// victim as JSON and the scale; prints the attempts made.

import { attacks, type Victim } from './attacks.ts'

const [name, victim = '', scale = '1'] = process.argv.slice(2)
const attack = attacks.find(each => each.name === name)
if (attack === undefined) throw new Error(`there is no attack "${name}"`)
const attempts = await attack.run(JSON.parse(victim) as Victim, Number(scale))
console.log(`attempts ${attempts}`)
process.exit(0)
