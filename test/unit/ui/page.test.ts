import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openPageWorld, fill, type PageWorld } from './page-world';

const browserFile = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const inBrowser = browserFile === undefined ? describe.skip : describe;
if (browserFile === undefined) {
  console.info(
    'The page was not tried in a browser: there is no Chromium. apt-get install chromium brings one.',
  );
}

inBrowser('the page, in a browser', () => {
  let browser: Browser;
  let empty: PageWorld;
  let busy: PageWorld;
  const nowInMs = Date.now();

  beforeAll(async () => {
    [empty, busy] = [await openPageWorld(), await openPageWorld()];
    await fill(busy.harbour, 1_000, nowInMs);
    await busy.harbour.protect('hostile', { friendlyName: '<img src=x onerror=alert(1)>' });
    await busy.harbour.lifeboat('test machine-0001 --no-wait');
    const error = {
      code: 'TargetQuotaExceeded',
      message: 'No cores left.',
      causes: '',
      action: 'Ask for more.',
    };
    await busy.harbour.endJobs({ state: 'Failed', error });
    browser = await chromium.launch({
      executablePath: browserFile ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });

  afterAll(async () => {
    await browser.close();
    await empty.close();
    await busy.close();
  });

  const faults: string[] = [];
  async function opened(
    { address, harbour }: PageWorld,
    {
      token = harbour.world.ownerToken,
      before,
    }: { token?: string; before?: (page: Page) => Promise<void> } = {},
  ): Promise<Page> {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/40[13]/.test(message.text())) faults.push(message.text());
    });
    await before?.(page);
    await page.goto(address);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Show the vault' }).click();
    return page;
  }

  afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
  });

  it('says of an empty vault that it is empty', async () => {
    const page = await opened(empty);
    await page.getByText('Nothing is protected yet.').waitFor();
    expect(await page.locator('#health').innerText()).toMatch(/^0\s*protected/);
    expect(page.url()).not.toContain(empty.harbour.world.ownerToken);
    await page.close();
  });

  it('shows 1,001 machines, worst first, and asks for points only of those that are looked at', async () => {
    const page = await opened(busy);
    let asked = 0;
    page.on('request', (request) => void (asked += /recoveryPoints/.test(request.url()) ? 1 : 0));
    const rows = page.locator('#machine-table tbody tr');
    await page.getByText('1001 machines').waitFor();
    expect(await rows.count()).toBe(1_001);
    expect(await rows.first().innerText()).toContain('Critical');
    expect(await page.locator('#health').innerText()).toMatch(/1001\s*protected\s*83\s*■ Critical/);
    // The last one is asked for as soon as it is scrolled to, and not after all before it.
    await rows.last().scrollIntoViewIfNeeded();
    await rows.last().locator('.chart > *').waitFor();
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(150);
    await page.getByLabel('Name').fill('onerror');
    await page.getByText('1 of 1001').waitFor();
    expect(await rows.first().innerText()).toContain('<img src=x onerror=alert(1)>');
    await page.close();
  });

  it('opens a Critical machine by keyboard: what is wrong, what to do, its RPO and its points', async () => {
    const page = await opened(busy);
    await page.getByLabel('Name').fill('machine-0008');
    const name = page.getByRole('button', { name: 'machine-0008' });
    await name.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Start the agent.').waitFor();
    expect(await name.getAttribute('aria-expanded')).toBe('true');
    await page.getByRole('heading', { name: 'Recovery points (60)' }).waitFor();
    const chart = page.getByRole('img', { name: /Age of the newest recovery point/ }).last();
    expect(await chart.getAttribute('aria-label')).toMatch(/now 2 h/);
    expect(await page.locator('.dot').count()).toBe(60);
    expect(await page.locator('.dot.app').count()).toBe(10);
    await page.close();
  });

  it('shows the tasks of a job, and why it failed', async () => {
    const page = await opened(busy);
    await page.locator('#jobs summary', { hasText: 'Failed' }).first().click();
    await page.getByText('TargetQuotaExceeded').waitFor();
    expect(await page.locator('#jobs li').count()).toBeGreaterThan(1);
    await page.close();
  });

  it('asks again for a token that is not good, and shows nothing', async () => {
    const page = await opened(busy, { token: 'no.such.token' });
    await page.getByText('The token is not, or no longer, good.').waitFor();
    expect(await page.locator('#board').isHidden()).toBe(true);
    await page.close();
  });

  it('leaves what it showed, with the time it was true at, while the service cannot be reached', async () => {
    const page = await opened(empty, { before: (blank) => blank.clock.install() });
    await page.getByText('Nothing is protected yet.').waitFor();
    await page.route(/replicationProtectedItems/, (route) => route.abort());
    await page.clock.fastForward(15_000);
    await page.getByText(/The service cannot be reached. As of \d\d:\d\d:\d\d UTC/).waitFor();
    expect(await page.getByText('Nothing is protected yet.').isVisible()).toBe(true);
    await page.unroute(/replicationProtectedItems/);
    await page.clock.fastForward(15_000);
    await page.getByText(/^As of/).waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('ERR_FAILED')]);
    await page.close();
  });

  it('forgets who signed out', async () => {
    const page = await opened(busy);
    await page.getByText('1001 machines').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.locator('#board').isHidden()).toBe(true);
    expect(await page.evaluate('sessionStorage.getItem("token")')).toBeNull();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.close();
  });

  it('has a name for everything that can be reached, and text that can be read in light and in dark', async () => {
    const page = await opened(busy);
    await page.getByLabel('Name').fill('machine-00');
    await page.getByText(/of 1001/).waitFor();
    expect(await page.evaluate(unnamedControls)).toEqual([]);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(faintTexts)).toEqual([]);
    }
    await page.close();
  });
});

/** Runs in the browser, as text: controls without a name for those who cannot see them. */
const unnamedControls = `[...document.querySelectorAll('button, input, select, svg[role=img]')]
  .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute('aria-label')))
  .map((one) => one.outerHTML.slice(0, 80))`;

/** Runs in the browser, as text: words whose contrast with what is behind them is below 4.5 to 1. */
const faintTexts = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (let at = one; at !== null; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((one) => one.checkVisibility() && !one.closest('svg'))
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((one) => {
      const [text, ground] = [light(parse(getComputedStyle(one).color).slice(0, 3)), light(behind(one))];
      return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05) < 4.5;
    })
    .map((one) => one.outerHTML.slice(0, 80));
})()`;
