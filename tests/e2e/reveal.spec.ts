import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test as base } from './support/world.js';
import { World } from './support/world.js';

/** The backend shows secrets once. */
const test = base.extend({
  world: async ({}, use) => {
    const world = await World.start({ REVEAL_ONCE: 'true' });
    await use(world);
    await world.stop();
  },
});

/** The page of the backend, and its element on a page of the same origin. */
const places = {
  'the page': (world: World) => Promise.resolve(world.url),
  'the element': async (world: World, page: Page) => {
    const html = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><script type="module" src="/embed/dingtalk-qr.js"></script><dingtalk-qr></dingtalk-qr></html>`;
    await page.route('**/with-the-element', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    return `${world.url}with-the-element`;
  },
};

for (const [name, place] of Object.entries(places)) {
  test(`${name} shows a secret once and forgets it`, async ({ world, panel, page }) => {
    const asked: string[] = [];
    page.on('request', (request) => request.url().endsWith('/credentials') && asked.push(request.method()));
    const heard: string[] = [];
    await page.exposeFunction('hear', (detail: string) => heard.push(detail));
    await page.addInitScript(() => addEventListener('dingtalk-state', (event) => (window as any).hear(JSON.stringify((event as CustomEvent).detail))));
    await panel.open(await place(world, page));
    await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
    await panel.says('Your bot is ready');
    const secret = /DINGTALK_CLIENT_SECRET=(.*)/.exec(await world.envFile())![1]!;
    const offer = page.locator('.dtqr-reveal');
    await expect(offer.getByText('Shown once, for 30 seconds')).toBeVisible();
    await expect(offer.locator('code')).toHaveText('••••••••••••');
    expect(asked).toEqual([]);

    await panel.button('Reveal').click();

    await expect(offer.locator('code')).toHaveText(secret);
    await expect(panel.button('Reveal')).toHaveAttribute('aria-pressed', 'true');
    const [download] = await Promise.all([page.waitForEvent('download'), panel.button('Download .env').click()]);
    expect(download.suggestedFilename()).toBe('dingtalk.env');
    expect(await readFile(await download.path(), 'utf8')).toBe(await world.envFile());

    await panel.button('Reveal').click();

    await expect(offer.getByText('has been shown already')).toBeVisible();
    await expect(offer.locator('code')).toHaveText(`${secret.slice(0, 4)}••••••••`);
    await expect(offer.getByRole('button')).toHaveCount(0);
    expect(asked).toEqual(['POST']);
    expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href]))).not.toContain(secret);
    expect(heard.join()).not.toContain(secret);
  });
}

test('a backend that shows no secrets offers none', async ({ panel }) => {
  const world = await World.start();
  await panel.open(world.url);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');

  await expect(panel.button('Copy')).toBeVisible();
  await expect(panel.button('Reveal')).toHaveCount(0);
  await world.stop();
});
