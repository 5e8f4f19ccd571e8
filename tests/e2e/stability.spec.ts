import type { Page } from '@playwright/test';
import { expect, test } from './support/world.js';

test('nothing moves from the first picture to the bot', async ({ world, panel }) => {
  await watch(panel.page);

  await panel.open(world.url);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Approved. Creating the bot…');
  await panel.says('Your bot is ready');

  expect(await shifts(panel.page)).toEqual([]);
});

test('nothing moves from the first picture to the person', async ({ login, panel, phone }) => {
  await watch(panel.page);

  await panel.open((await login.site('own')).login);
  await phone.signIn(await panel.scan(), 'zhangwei');
  await phone.number(await panel.number()).click();
  await panel.greets('张伟');

  // Only that other words in a centred line begin elsewhere.
  const moved = await shifts(panel.page);
  expect(moved.filter((shift) => !/^0\.000\d: Pick this number on your phone from [^;]*$/.test(shift))).toEqual([]);
});

/** What a browser tells of something that has moved. */
interface Source {
  node: Node | null;
  previousRect: DOMRectReadOnly;
  currentRect: DOMRectReadOnly;
}

/** Writes down every layout shift of the page, whatever caused it. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    const name = (node: Node | null): string => (node instanceof Element ? node.className || node.tagName : (node?.textContent ?? 'gone'));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as PerformanceEntry & { value: number; sources: Source[] };
        const moved = sources.map(({ node, previousRect: from, currentRect: to }) => `${name(node)} from ${from.x}, ${from.y} to ${to.x}, ${to.y}`);
        shifts.push(`${value.toFixed(4)}: ${moved.join('; ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

async function shifts(page: Page): Promise<string[]> {
  // The observer is told after the frame.
  await page.waitForTimeout(500);
  return page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
}
