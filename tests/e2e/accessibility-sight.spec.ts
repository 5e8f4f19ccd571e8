import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { type Gallery, expect, test } from './support/gallery.js';
import { test as worldTest } from './support/world.js';

const languages = ['en', 'ja', 'ru'] as const;

for (const lang of languages) {
  test(`at 400 % no state in ${lang} scrolls in two directions`, async ({ gallery }) => {
    await gallery.page.setViewportSize({ width: 320, height: 256 });
    await gallery.show({ lang });

    expect(await widthOver(gallery)).toBeLessThanOrEqual(0);
    expect(await cutOff(gallery)).toEqual([]);
  });

  test(`text in ${lang} may be spaced out`, async ({ gallery }) => {
    await gallery.show({ lang });

    await spaceOut(gallery);

    expect(await widthOver(gallery)).toBeLessThanOrEqual(0);
    expect(await cutOff(gallery)).toEqual([]);
  });

  test(`text in ${lang} may be twice as large`, async ({ gallery }) => {
    await gallery.show({ lang, text: 200 });

    expect(await gallery.panel('registration-ready').evaluate((panel) => getComputedStyle(panel).fontSize)).toBe('28px');
    expect(await widthOver(gallery)).toBeLessThanOrEqual(0);
    expect(await cutOff(gallery)).toEqual([]);
  });
}

worldTest('at 400 % neither page scrolls in two directions', async ({ login, page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  const overflow = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  for (const path of ['', 'login']) {
    await page.goto(login.url + path);
    if (path === '') {
      await expect(page.locator('.page-apps')).toBeVisible();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await page.getByRole('button', { name: 'Make another' }).click();
    }
    await expect(page.locator('.dtqr-code')).toBeVisible();

    expect(await overflow()).toBeLessThanOrEqual(0);
  }
});

test('who wants less motion sees none', async ({ gallery }) => {
  const running = (): Promise<number> => gallery.page.evaluate(() => document.getAnimations().length);
  await gallery.page.emulateMedia({ reducedMotion: 'no-preference' });
  await gallery.show({ motion: true, only: ['registration-starting', 'registration-creating', 'registration-created'] });
  await expect.poll(running).toBeGreaterThan(0);

  await gallery.page.emulateMedia({ reducedMotion: 'reduce' });

  await expect.poll(running).toBe(0);
});

test('in a page from right to left the panel is mirrored and the code is not', async ({ gallery }) => {
  const only = ['registration-ready', 'registration-by-hand'];
  const code = gallery.panel('registration-ready').locator('.dtqr-code');
  await gallery.show({ dir: 'ltr', only });
  const before = await code.screenshot();
  await gallery.show({ dir: 'rtl', only });

  expect(read(await code.screenshot())).toBe(read(before));
  const left = async (name: string): Promise<number> => (await gallery.page.locator(name).first().boundingBox())!.x;
  expect(await left('.dtqr-time')).toBeLessThan(await left('.dtqr-user-code'));
  const field = (await gallery.page.locator('.dtqr-field:has(.dtqr-show)').boundingBox())!;
  expect(await left('.dtqr-show')).toBeLessThan(field.x + field.width / 2);
});

test('forced colours leave nothing unseen', async ({ gallery }) => {
  const { page } = gallery;
  await page.setViewportSize({ width: 4 * 368 + 32, height: 900 });
  await page.emulateMedia({ forcedColors: 'active' });
  await gallery.show({
    only: ['registration-ready-simulated', 'registration-by-hand-empty', 'registration-created', 'registration-denied-reason', 'registration-expired', 'login-scanned'],
  });

  const bare = await page.locator('.dtqr :is(.dtqr-card, .dtqr-button, .dtqr-input, .dtqr-simulated, .dtqr-facts, .dtqr-quote, .dtqr-bar)').evaluateAll((all) =>
    all.filter((part) => getComputedStyle(part).borderTopStyle !== 'solid' && getComputedStyle(part).borderTopStyle !== 'dashed').map((part) => part.className),
  );
  expect(bare).toEqual([]);
  const code = gallery.panel('registration-ready-simulated').locator('.dtqr-code');
  expect(read(await code.screenshot())).toContain('user_code=');
  await gallery.panel('registration-ready-simulated').getByRole('button', { name: 'Cancel' }).focus();
  await page.keyboard.press('Shift+Tab');
  await expect(page.locator('.gallery')).toHaveScreenshot(['sheets', 'forced-colours.png']);
});

/** How much wider the page is than its window. */
async function widthOver({ page }: Gallery): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What a reader of these three tests may set, in full (1.4.12). */
async function spaceOut({ page }: Gallery): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
    );
    document.adoptedStyleSheets = [sheet];
  });
}

/** Texts that do not fit where they are, but for hostile ones and what nobody is meant to see. */
async function cutOff({ page }: Gallery): Promise<string[]> {
  return page.locator('figure:not([data-state$=hostile]) .dtqr-card').evaluateAll((cards) =>
    cards.flatMap((card) => {
      const frame = card.getBoundingClientRect();
      return [...card.querySelectorAll<HTMLElement>(':not(.dtqr-hidden, svg, svg *, iframe)')].flatMap((part) => {
        const box = part.getBoundingClientRect();
        const isClipped = getComputedStyle(part).overflow !== 'visible' && (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1);
        const isOutside = box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
        const state = card.closest('figure')!.dataset['state'];
        return isClipped || isOutside ? [`${state}: ${part.className || part.tagName}: ${part.textContent}`] : [];
      });
    }),
  );
}

function read(picture: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(picture);
  return jsQR(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })?.data;
}
