import { chromium, type Page } from 'playwright-core';
import { fill, openPageWorld } from './page-world';

/** Writes the pictures of docs/images: `npm run docs:pictures`, on a machine with Chromium. */
async function main(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const pictures: readonly (readonly [string, number, 'light' | 'dark', ((page: Page) => Promise<void>)?])[] =
    [
      ['ui-empty', 0, 'light'],
      ['ui-12-machines', 12, 'light'],
      ['ui-1000-machines', 1_000, 'dark'],
      ['ui-critical', 12, 'dark', (page) => page.getByRole('button', { name: 'machine-0008' }).click()],
    ];
  for (const [name, count, colorScheme, before] of pictures) {
    const world = await openPageWorld();
    await fill(world.harbour, count, Date.now());
    if (count > 0) {
      await world.harbour.lifeboat('test machine-0001', { whileWaiting: () => world.harbour.endJobs() });
    }
    const viewport = { width: 1200, height: count === 0 ? 560 : 900 };
    const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport, colorScheme });
    await page.goto(world.address);
    await page.getByLabel('Token').fill(world.harbour.world.ownerToken);
    await page.getByRole('button', { name: 'Show the vault' }).click();
    await page.locator('#board').waitFor();
    if (count > 0) await page.locator('svg .edge').first().waitFor();
    await before?.(page);
    await page.waitForLoadState('networkidle');
    if (before !== undefined) await page.getByRole('heading', { name: /Recovery points \(/ }).waitFor();
    await page.screenshot({ path: `docs/images/${name}.png` });
    await page.close();
    await world.close();
  }
  await browser.close();
}

void main();
