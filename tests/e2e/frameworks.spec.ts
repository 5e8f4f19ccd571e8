import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Widget, expect, test } from './support/embed.js';
import { Ledger, examples } from './support/examples.js';
import { root } from './support/program.js';

// A trace keeps what it shows, which is what these tests count.
test.use({ trace: 'off' });

const distOf = (example: string) => ({ publicDir: join(root, 'examples', example, 'dist') });

for (const { example, name } of examples) {
  test(`${name} creates a bot with the packed element and hears typed events`, async ({ estate, page, witness }) => {
    const site = await estate.site(distOf(example));
    const widget = new Widget(page);

    await page.goto(site.origin);
    await widget.isReady();
    await estate.world.dingtalk.approve(await widget.userCode());
    await widget.says('Your bot is ready');

    const { client_id } = (await witness.detail('created')) as { client_id: string };
    await expect(page.locator('output')).toHaveText(client_id);
    await expect(page.getByText(`${name} takes it from here.`)).toBeVisible();
    expect((await page.locator('main > ol > li').allInnerTexts()).at(-1)).toBe('dingtalk-state created');
    expect(await witness.violations()).toEqual([]);
    expect(witness.errors).toEqual([]);
    expect(witness.warnings).toEqual([]);
  });

  test(`${name} that mounts and unmounts the element a hundred times leaves nothing behind`, async ({ estate, page, witness }) => {
    test.setTimeout(180_000);
    const site = await estate.site(distOf(example));
    const ledger = await Ledger.of(page);
    await page.goto(site.origin);
    await new Widget(page).isReady();

    await page.locator('#toggle').click();
    await mountTimes(page, 19);
    const before = await ledger.read();
    await mountTimes(page, 80);
    const after = await ledger.read();

    const grown = (after.heap - before.heap) / 1024;
    console.log(`${name}: the heap grew by ${grown.toFixed(0)} KiB in 80 mounts, and is ${JSON.stringify(after)}`);
    expect(grown).toBeLessThan(1024);
    expect({ ...after, heap: 0 }).toEqual({ ...before, heap: 0 });
    expect(witness.count('POST /registrations')).toBe(100);
    expect(witness.count('DELETE /flows')).toBe(100);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(witness.errors).toEqual([]);
  });
}

/** Shows the element and hides it again: at once, with the loader's code, or when all is there. */
async function mountTimes(page: Page, times: number): Promise<void> {
  const widget = new Widget(page);
  const toggle = () => page.locator('#toggle').evaluate((button: HTMLElement) => button.click());
  for (let time = 0; time < times; time++) {
    await toggle();
    if (time % 3 > 0) await page.waitForFunction(() => !!document.querySelector('dingtalk-qr')?.shadowRoot?.querySelector('.dtqr-code'));
    if (time % 3 > 1) await widget.says('Waiting for your scan');
    await toggle();
  }
}
