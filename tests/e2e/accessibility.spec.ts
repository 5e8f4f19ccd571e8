import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './support/axe.js';
import { type Gallery, test as galleryTest, themes } from './support/gallery.js';
import { Panel } from './support/panel.js';
import { expect, test } from './support/world.js';

for (const theme of themes) {
  galleryTest(`axe finds nothing in any state of the panel in ${theme}`, async ({ gallery }) => {
    await gallery.show({ theme });

    await expectAccessible(gallery.page);
  });

}

test('axe finds nothing on the page that creates bots', async ({ world, panel }) => {
  await panel.open(world.url);
  await expectAccessibleInBoth(panel.page);

  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');
  await expectAccessibleInBoth(panel.page);
});

test('axe finds nothing from the login to the phone and back', async ({ login, panel, phone }) => {
  await panel.open((await login.site('own')).login);
  await expectAccessibleInBoth(panel.page);

  await phone.scan(await panel.scan());
  await phone.shows('ask');
  await expectAccessibleInBoth(phone.page);
  await phone.deed('continue').click();
  await phone.dingtalk.approve('zhangwei');
  await phone.shows('confirm');
  await expectAccessibleInBoth(phone.page);
  await phone.number(await panel.number()).click();
  await phone.shows('done');
  await expectAccessibleInBoth(phone.page);
  await panel.greets('张伟');
  await expectAccessibleInBoth(panel.page);
});

test('axe finds nothing on the pages for what went wrong', async ({ login, page }) => {
  const { origin } = await login.site('own');

  for (const path of ['/auth/dingtalk/callback?code=1&state=2', '/d/AAAAAAAAAAAAAAAAAAAAAA', '/embed/frame']) {
    await page.goto(origin + path);
    await expect(page.locator('main')).toBeVisible();
    await expectAccessibleInBoth(page);
  }
});

test('axe finds nothing around the frame', async ({ login, panel }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=frame`);
  await expect(panel.frame.locator('iframe')).toBeVisible();

  await expectAccessible(panel.page);
});

/** What stands before what, by the documented properties; text needs 4.5:1 (1.4.3), what is no text 3:1 (1.4.11). */
const pairs = [
  ['--dtqr-ink', '--dtqr-surface', 4.5],
  ['--dtqr-ink', '--dtqr-sunken', 4.5],
  ['--dtqr-ink-soft', '--dtqr-surface', 4.5],
  ['--dtqr-ink-soft', '--dtqr-sunken', 4.5],
  ['--dtqr-accent-strong', '--dtqr-surface', 4.5],
  ['--dtqr-accent-strong', '--dtqr-sunken', 4.5],
  ['--dtqr-good', '--dtqr-surface', 4.5],
  ['--dtqr-bad', '--dtqr-surface', 4.5],
  ['--dtqr-bad', '--dtqr-sunken', 3],
  ['--dtqr-surface', '--dtqr-good', 3],
  ['--dtqr-field-line', '--dtqr-surface', 3],
  ['--dtqr-accent', '--dtqr-surface', 3],
] as const;

for (const theme of themes) {
  galleryTest(`documented colours are told apart in ${theme}`, async ({ gallery }) => {
    await gallery.show({ theme, only: ['registration-ready', 'registration-cancelled'] });
    const panel = gallery.panel('registration-ready');

    for (const [ink, ground, least] of pairs) {
      const found = contrast(await colour(panel, `var(${ink})`), await colour(panel, `var(${ground})`));
      expect.soft(found, `${ink} on ${ground}`).toBeGreaterThanOrEqual(least);
    }
    const primary = gallery.panel('registration-cancelled').locator('.dtqr-primary');
    expect(await contrastOf(primary)).toBeGreaterThanOrEqual(4.5);
    await primary.hover();
    expect(await contrastOf(primary)).toBeGreaterThanOrEqual(4.5);
  });
}

galleryTest('every target is 24 pixels wide and high', async ({ gallery }) => {
  await gallery.show();

  expect(await tooSmall(gallery)).toEqual([]);
});

galleryTest('on a touch screen the targets are 44 pixels high', async ({ browser, galleryOrigin }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await page.goto(`${galleryOrigin}/gallery`);
  await expect(page.locator('.dtqr').first()).toBeVisible();

  const low = await page.locator('.dtqr-button:visible').evaluateAll((all) =>
    all.filter((button) => button.getBoundingClientRect().height < 44).map((button) => button.textContent),
  );

  expect(low).toEqual([]);
  await context.close();
});

test('the language of page and panel is the one that is spoken', async ({ world, browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(world.url);

  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(new Panel(page).page.locator('.dtqr')).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: 'en', exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('.dtqr')).toHaveAttribute('lang', 'en');
  await context.close();
});

async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
}

async function tooSmall(gallery: Gallery): Promise<string[]> {
  return gallery.page.locator('.dtqr :is(a, button, input):visible').evaluateAll((all) =>
    all.flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      const state = target.closest('figure')!.dataset['state'];
      return width < 24 || height < 24 ? [`${state}: ${target.textContent} is ${width} × ${height}`] : [];
    }),
  );
}

type Rgb = readonly [number, number, number];

/** Computes what `value` means for `place`. */
async function colour(place: Locator, value: string): Promise<Rgb> {
  const text = await place.evaluate((element, value) => {
    const probe = element.appendChild(document.createElement('i'));
    probe.style.color = value;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, value);
  return channels(text);
}

async function contrastOf(place: Locator): Promise<number> {
  const [ink, ground] = await place.evaluate((element) => {
    const { color, backgroundColor } = getComputedStyle(element);
    return [color, backgroundColor] as const;
  });
  return contrast(channels(ink), channels(ground));
}

function channels(text: string): Rgb {
  const [red, green, blue] = [...text.matchAll(/[\d.]+/g)].map(Number);
  return [red!, green!, blue!];
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
