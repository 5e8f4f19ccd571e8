import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, themes } from './support/gallery.js';
import { dist } from './support/program.js';

/** Faces that differ, and texts that are long. */
const sheet = [
  'registration-ready-brand',
  'registration-by-hand-empty',
  'registration-approval',
  'registration-created-findings',
  'registration-denied-reason',
  'login-ready-simulated',
  'login-scanned',
  'login-workspace-domain',
];

for (const theme of themes) {
  test(`every state looks as it did in ${theme}`, async ({ gallery }) => {
    test.setTimeout(180_000);
    await gallery.show({ theme });

    for (const state of await gallery.states()) {
      await expect.soft(gallery.panel(state)).toHaveScreenshot([theme, `${state}.png`]);
    }
  });
}

for (const lang of ['zh-CN', 'zh-TW', 'ja', 'ru'] as const) {
  test(`the panel looks as it did in ${lang}`, async ({ gallery }) => {
    await gallery.page.setViewportSize({ width: 4 * 368 + 32, height: 900 });
    await gallery.show({ lang, only: sheet });

    await expect(gallery.page.locator('.gallery')).toHaveScreenshot(['sheets', `${lang}.png`]);
  });
}

test('the panel looks as it did on a narrow phone', async ({ gallery }) => {
  await gallery.page.setViewportSize({ width: 320, height: 900 });
  await gallery.show({ only: ['registration-ready-brand', 'registration-created-findings', 'login-ready-simulated', 'login-scanned'] });

  await expect(gallery.page.locator('.gallery')).toHaveScreenshot(['sheets', 'narrow.png']);
});

test('the panel looks as it did from right to left', async ({ gallery }) => {
  await gallery.page.setViewportSize({ width: 3 * 368 + 32, height: 900 });
  await gallery.show({ dir: 'rtl', only: ['registration-ready-simulated', 'registration-by-hand-empty', 'registration-created-findings'] });

  await expect(gallery.page.locator('.gallery')).toHaveScreenshot(['sheets', 'right-to-left.png']);
});

test('no picture is of a state that is gone', async ({ gallery }) => {
  await gallery.show();
  const states = (await gallery.states()).map((state) => `${state}.png`).sort();

  for (const theme of themes) {
    const pictures = await readdir(join(import.meta.dirname, 'screenshots', theme));
    expect(pictures.sort()).toEqual(states);
  }
});

for (const lang of ['en', 'zh-CN', 'zh-TW', 'ja', 'ru'] as const) {
  for (const viewport of [1280, 320]) {
    test(`no state moves the card in ${lang} at ${viewport} px`, async ({ gallery }) => {
      await gallery.page.setViewportSize({ width: viewport, height: 900 });
      await gallery.show({ lang });

      const cards = await gallery.page.locator('.gallery > figure:not([data-state$=hostile]) .dtqr-card').evaluateAll((all) =>
        all.map((card) => {
          const top = card.getBoundingClientRect().top;
          const place = (name: string): number | undefined => {
            const rect = card.querySelector(name)?.getBoundingClientRect();
            return rect && Math.round(rect.top - top);
          };
          const { face, job } = (card as HTMLElement).dataset;
          const state = card.closest('figure')!.dataset['state'];
          const parts = face === 'scan' ? [place('.dtqr-stage'), place('.dtqr-status'), place('.dtqr-meta')].join() : '';
          return { state, job, face, height: Math.round(card.clientHeight), parts };
        }),
      );

      for (const job of ['registration', 'login']) {
        const of = cards.filter((card) => card.job === job);
        expect(of.filter(({ height }) => height !== of[0]!.height)).toEqual([]);
        const scans = of.filter(({ face }) => face === 'scan');
        expect(scans.filter(({ parts }) => parts !== scans[0]!.parts)).toEqual([]);
      }
    });
  }
}

test('the release page has no gallery', async () => {
  const names = (await readdir(dist)).filter((name) => name.endsWith('.wasm'));
  expect(names).not.toEqual([]);

  for (const name of names) {
    const wasm = await readFile(join(dist, name));
    expect(wasm.includes('A DingTalk bot in one scan')).toBe(true);
    expect(wasm.includes('Gallery of the panel')).toBe(false);
  }
});
