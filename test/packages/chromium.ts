import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** The browser: `CHROMIUM_PATH`, else one that the system has. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return (
    process.env.CHROMIUM_PATH ??
    names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  )
}

/** Runs a module in an empty page and gives the first line that it prints. */
export async function printedInPage(executablePath: string, module: string): Promise<string> {
  // Chromium's sandbox refuses to start for root, and inside many containers.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    const printed = new Promise<string>((done, failed) => {
      page.on('console', (message) => message.type() === 'log' && done(message.text()))
      page.on('pageerror', failed)
    })
    await page.addScriptTag({ type: 'module', content: module })
    return await printed
  } finally {
    await browser.close()
  }
}
