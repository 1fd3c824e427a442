// `npm run pictures`: the pictures of docs/pages.md, taken of the scene that the tests look at. With `-- DIR` every page
// at two widths in both themes, to look at.

import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { newWorld } from '../test/end-to-end/world.ts'
import { openBrowser } from '../test/page/browser.ts'
import { everyPath, playWeek } from '../test/page/scene.ts'

const documented = {
  overview: '/',
  records: '/records',
  views: '/records?type=hard&module=contacts',
  record: '/records/contacts/42',
  campaign: '/campaigns/7',
  rules: '/rules',
  why: '/events/1',
} as const

const [folder] = process.argv.slice(2)
const world = await newWorld('sqlite')
const browser = await openBrowser(world.server.url)
try {
  await playWeek(world)
  if (folder === undefined) {
    const target = resolve(import.meta.dirname, '../docs/pictures')
    mkdirSync(target, { recursive: true })
    const { page } = await browser.open({ colorScheme: 'light', viewport: { width: 1000, height: 640 } })
    for (const [name, path] of Object.entries(documented)) {
      await page.goto(path)
      // What can be done with a saved view stands behind its summary.
      for (const more of await page.locator('details.save > summary').all()) await more.click()
      await page.screenshot({ path: join(target, `${name}.png`) })
    }
  } else {
    mkdirSync(folder, { recursive: true })
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [390, 1440]) {
        const { page, context } = await browser.open({ colorScheme, viewport: { width, height: 900 } })
        for (const path of everyPath) {
          await page.goto(path)
          const name = `${path.replaceAll(/[^\w]+/g, '-')}-${width}-${colorScheme}.png`
          await page.screenshot({ path: join(folder, name), fullPage: true })
        }
        await context.close()
      }
  }
} finally {
  await browser.close()
  await world.close()
}
