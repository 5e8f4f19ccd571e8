import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/** WCAG 2.2 A and AA, and what the makers of axe think good practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** DingTalk's own page in the frame, which is not ours to mend. */
const foreign = ['.dtqr-frame iframe', 'iframe'];

/** Expects that axe finds nothing on the page; no rule is switched off. */
export async function expectAccessible(page: Page): Promise<void> {
  // What has just appeared is pale for a moment.
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  const { violations } = await new AxeBuilder({ page }).withTags(tags).exclude(foreign).analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
  expect(found).toEqual([]);
}
