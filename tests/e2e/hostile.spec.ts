import type { Page } from '@playwright/test';
import { expect, test as galleryTest } from './support/gallery.js';
import { test } from './support/world.js';

/** Markup, a turned direction, and no end; the gallery has the same. */
const hostile = `<img src=x onerror=alert(1)> \u202Etxet desrever ${'W'.repeat(10_000)}`;

for (const viewport of [1280, 320]) {
  galleryTest(`what others write stays text and within the card at ${viewport} px`, async ({ gallery }) => {
    const dialogs = listen(gallery.page);
    await gallery.page.setViewportSize({ width: viewport, height: 900 });
    await gallery.show();

    const cards = await gallery.page.locator('.dtqr-card').evaluateAll((all) =>
      all.map((card) => ({
        state: card.closest('figure')!.dataset['state']!,
        width: card.getBoundingClientRect().width,
        height: card.getBoundingClientRect().height,
        over: card.scrollWidth - card.clientWidth,
      })),
    );

    const { width, height } = cards.find(({ state }) => state === 'registration-ready')!;
    const hostile = cards.filter(({ state }) => state.endsWith('hostile'));
    expect(hostile.length).toBeGreaterThan(4);
    for (const card of hostile) {
      expect.soft(card).toMatchObject({ width, over: 0 });
      expect.soft(card.height, card.state).toBeLessThan(2 * height);
    }
    expect(await gallery.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await gallery.page.locator('img[src=x]').count()).toBe(0);
    expect(dialogs).toEqual([]);
  });
}

galleryTest('what others write does not turn our own words around', async ({ gallery }) => {
  await gallery.show({ only: ['registration-created-hostile', 'registration-denied-hostile'] });

  for (const state of ['registration-created-hostile', 'registration-denied-hostile']) {
    const foreign = gallery.panel(state).locator('.dtqr-quote, .dtqr-fact code').first();
    await expect(foreign).toHaveCSS('unicode-bidi', /isolate|plaintext/);
    await expect(foreign).toContainText('<img src=x onerror=alert(1)>');
  }
});

test('a hostile reason comes through DingTalk and the backend as text', async ({ world, panel }) => {
  const { page } = panel;
  const dialogs = listen(page);
  await panel.open(world.url);
  const before = await page.locator('.dtqr-card').boundingBox();

  await world.dingtalk.deny((await world.dingtalk.newest()).user_code, hostile);
  await panel.says('Declined');

  await expect(page.locator('.dtqr-quote')).toContainText('<img src=x onerror=alert(1)>');
  expect((await page.locator('.dtqr-card').boundingBox())!.width).toBe(before!.width);
  expect((await page.locator('.dtqr-card').boundingBox())!.height).toBeLessThan(2 * before!.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await page.locator('img').count()).toBe(0);
  await expect(panel.button('Try again')).toBeInViewport();
  expect(dialogs).toEqual([]);
});

function listen(page: Page): string[] {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return dialogs;
}
