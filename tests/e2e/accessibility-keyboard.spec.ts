import type { Locator, Page } from '@playwright/test';
import { expect as expectInGallery, test as galleryTest } from './support/gallery.js';
import { expect, test } from './support/world.js';

const focusable = '.dtqr :is(a, button, input)';

galleryTest('the tab key reaches everything in its order, and shows where it is', async ({ gallery }) => {
  const { page } = gallery;
  await gallery.show({ only: ['registration-', 'login-idle', 'login-ready', 'login-scanned', 'login-denied', 'login-workspace-domain'] });
  // From the top: an expired code has had the focus.
  await page.locator('h1').click();
  const wanted = await page.locator(`${focusable}:visible`).evaluateAll((all) => all.map((target) => target.textContent));
  const reached: string[] = [];

  for (let press = 0; press < wanted.length; press += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const target = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(target);
      const { left, top, width, height } = target.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return { text: target.textContent, outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth), isSeen: target.contains(hit) };
    });
    reached.push(focus.text);
    expectInGallery.soft(focus, `${focus.text}, at press ${press}`).toMatchObject({ isSeen: true });
    expectInGallery.soft(focus.outline, focus.text).toBeGreaterThanOrEqual(2);
  }

  expectInGallery(reached).toEqual(wanted);
});

test('a registration is given up, begun again and entered by hand without a pointer', async ({ world, panel }) => {
  const { page } = panel;
  await panel.open(world.url);

  await tabTo(page, panel.button('Cancel'));
  await page.keyboard.press('Space');
  await panel.says('Cancelled');
  await expect(panel.button('Start again')).toBeFocused();
  await page.keyboard.press('Enter');
  await panel.says('Waiting for your scan');

  await tabTo(page, panel.button('Enter by hand'));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Client ID')).toBeVisible();
  await tabTo(page, page.getByLabel('Client ID'));
  await page.keyboard.type('dingsimexistingapp01');
  await page.keyboard.press('Tab');
  await page.keyboard.type('simulated-secret-of-the-existing-app-not-a-real-one-000000000001');
  await page.keyboard.press('Tab');
  await expect(panel.button('Show')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(panel.button('Show')).toHaveAttribute('aria-pressed', 'true');
  await tabTo(page, panel.button('Save'));
  await page.keyboard.press('Enter');

  await panel.says('Your bot is ready');
});

test('an expired code gives its place to a button that has the focus', async ({ world, panel }) => {
  await panel.open(world.url);

  await world.dingtalk.expire((await world.dingtalk.newest()).user_code);
  await panel.says('This code has expired');
  await expect(panel.button('Get a new code')).toBeFocused();
  await panel.page.keyboard.press('Enter');

  await panel.says('Waiting for your scan');
});

test('a screen reader hears each state once, and no countdown', async ({ world, panel }) => {
  const { page } = panel;
  await panel.open(world.url);
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const listen = (region: Element): void => {
      const tell = (): void => void heard.push((region.textContent ?? '').trim());
      new MutationObserver(tell).observe(region, { characterData: true, childList: true, subtree: true });
    };
    document.querySelectorAll('[role=status], [role=alert], [aria-live]').forEach(listen);
  });

  // More than one picture of the countdown, and none of it is heard.
  const clock = page.locator('.dtqr-clock');
  const before = await clock.innerText();
  await page.waitForTimeout(10_000);
  expect(await clock.innerText()).not.toBe(before);
  expect(await heard(page)).toEqual([]);

  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');

  // The icon and the text change one after the other; both say the same.
  expect([...new Set(await heard(page))].filter((text) => text !== 'Waiting for your scan')).toEqual([
    'Approved. Creating the bot…',
    'Your bot is ready',
  ]);
});

async function heard(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

/** Presses the tab key until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let press = 0; press < 16; press += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the tab key does not reach it');
}
