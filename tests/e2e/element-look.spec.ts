import { Widget, expect, registration, test } from './support/embed.js';

const withStyle = (name: string) => `<link rel="stylesheet" href="/${name}"><script type="module" src="/page.js"></script>`;

test('language, theme and texts change while the flow goes on', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await page.goto(await site.page(registration(estate.backend)));
  await widget.isReady();
  const link = await widget.scan();
  const surface = () => page.locator('.dtqr-card').evaluate((card) => getComputedStyle(card).backgroundColor);
  const light = await surface();

  await page.evaluate(() => document.querySelector('dingtalk-qr')!.setAttribute('lang', 'zh-TW'));
  await expect(widget.status).toContainText('掃');
  await page.evaluate(() => document.querySelector('dingtalk-qr')!.setAttribute('theme', 'dark'));
  await expect.poll(surface).not.toBe(light);
  await page.evaluate(() => Object.assign(document.querySelector('dingtalk-qr')!, { texts: { ready: 'Come closer' } }));
  await widget.says('Come closer');
  await page.evaluate(() => Object.assign(document.querySelector('dingtalk-qr')!, { texts: undefined, lang: 'en-GB' }));
  await widget.says('Waiting for your scan');

  expect(await widget.scan()).toBe(link);
  expect([witness.count('POST /registrations'), witness.count('DELETE /flows')]).toEqual([1, 0]);
});

test('the language is that of the nearest ancestor', async ({ estate, page, widget }) => {
  const site = await estate.site();

  await page.goto(await site.page(`<main lang="ja"><section>${registration(estate.backend)}</dingtalk-qr></section></main>`));

  await expect(widget.status).toContainText('読み取り待ち');
});

test('a second tag has flows of its own', async ({ estate, page, witness }) => {
  const site = await estate.site();
  await page.goto(await site.page(`${registration(estate.backend)}</dingtalk-qr><my-qr id="m" backend="${estate.backend}" token-url="/embed-token"></my-qr>`));
  await new Widget(page).isReady();
  expect(await page.locator('my-qr').evaluate((element) => element.shadowRoot)).toBeNull();

  await page.evaluate(() => {
    const { define } = window as unknown as { define(tag?: string): void };
    for (const tag of ['my-qr', 'my-qr', undefined]) define(tag);
  });
  const mine = new Widget(page, 'my-qr');
  await mine.isReady();

  expect(await mine.scan()).not.toBe(await new Widget(page).scan());
  expect(witness.count('POST /registrations')).toBe(2);
  await estate.world.dingtalk.approve(await mine.userCode());
  await mine.says('Your bot is ready');
  expect(await witness.heard('created')).toEqual(['m created created']);
});

test('what the page puts into the element is shown where it belongs', async ({ estate, page, widget }) => {
  const site = await estate.site();
  const content = '<a href="/wait">Wait here</a><b slot="logo">Our logo</b><i slot="success">Go on there</i>';
  await page.goto(await site.page(registration(estate.backend) + content, ''));
  await expect(page.getByText('Wait here')).toBeVisible();

  await page.addScriptTag({ type: 'module', url: '/page.js' });
  await widget.isReady();
  await expect(page.getByText('Wait here')).toBeHidden();
  await expect(page.getByText('Our logo')).toBeVisible();
  await expect(page.getByText('Go on there')).toBeHidden();
  await estate.world.dingtalk.approve(await widget.userCode());
  await widget.says('Your bot is ready');

  await expect(page.getByText('Go on there')).toBeVisible();
  await expect(page.getByText('Wait here')).toBeHidden();
});

test('the page styles parts and colours of the element', async ({ estate, page, widget }) => {
  const site = await estate.site();
  await site.write(
    'parts.css',
    'dingtalk-qr { --dingtalk-accent: rgb(1, 2, 3); --dingtalk-surface: rgb(4, 5, 6) } dingtalk-qr::part(button) { border-radius: 17px } dingtalk-qr::part(stage) { outline: 3px solid rgb(7, 8, 9) }',
  );

  await page.goto(await site.page(registration(estate.backend), withStyle('parts.css')));
  await widget.isReady();

  await expect(widget.button('Cancel')).toHaveCSS('border-radius', '17px');
  await expect(widget.stage).toHaveCSS('outline', 'rgb(7, 8, 9) solid 3px');
  await expect(page.locator('.dtqr-card')).toHaveCSS('background-color', 'rgb(4, 5, 6)');
  expect(await page.locator('.dtqr').evaluate((base) => getComputedStyle(base).getPropertyValue('--dtqr-accent'))).toBe('rgb(1, 2, 3)');
});

test('the rules of the page stay outside', async ({ estate, page, widget }) => {
  const site = await estate.site();
  const look = () =>
    page.locator('dingtalk-qr').evaluate((element) => {
      const origin = element.getBoundingClientRect();
      return [...element.shadowRoot!.querySelectorAll('.dtqr, .dtqr *')].map((node) => {
        const { color, fontSize, fontWeight, letterSpacing, textTransform, lineHeight, display, borderTopWidth, textIndent, textShadow, whiteSpace, wordSpacing } = getComputedStyle(node);
        const { x, y, width, height } = node.getBoundingClientRect();
        // The clock goes on.
        const place = node.closest('[part~=meta], [part~=clock], [part~=bar]') ? [] : [x - origin.x, y - origin.y, width, height].map(Math.round);
        return { name: `${node.nodeName}.${node.getAttribute('class')}`, color, fontSize, fontWeight, letterSpacing, textTransform, lineHeight, display, borderTopWidth, textIndent, textShadow, whiteSpace, wordSpacing, place };
      });
    });
  await site.write('none.css', '');
  await site.write(
    'rude.css',
    `body * { color: red !important; font: italic 900 40px/3 serif !important; letter-spacing: 9px !important; word-spacing: 9px !important; text-indent: 30px !important; text-transform: uppercase !important; text-shadow: 2px 2px lime !important; white-space: pre !important }
     button, svg, p, a, ul, .dtqr-card, .dtqr { display: none !important; border: 9px solid lime !important }`,
  );
  await page.goto(await site.page(registration(estate.backend), withStyle('none.css')));
  await widget.isReady();
  const untouched = await look();

  await page.goto(await site.page(registration(estate.backend), withStyle('rude.css')));
  await widget.isReady();

  expect(await look()).toEqual(untouched);
  expect(await widget.scan()).toContain('user_code=');
});

const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Egnp.exe ${'long'.repeat(2500)}`;

for (const panel of ['panel', 'plain panel']) {
  test(`the ${panel} shows a hostile reason as text that harms nothing`, async ({ estate, page, witness, widget }) => {
    const site = await estate.site(panel === 'panel' ? {} : { scriptSrc: "'self'" });
    await page.goto(await site.page(`${registration(estate.backend)}</dingtalk-qr>`));
    await widget.isReady();
    const before = (await widget.host.boundingBox())!;

    await estate.world.dingtalk.deny(await widget.userCode(), hostile);
    await widget.says('Declined');

    const quote = page.locator('.dtqr-quote');
    await expect(quote).toContainText('<img src=x onerror="window.hacked=1"><script>');
    await expect(quote).toHaveCSS('unicode-bidi', /isolate|plaintext/);
    await expect(page.locator('dingtalk-qr img, dingtalk-qr script')).toHaveCount(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect((await widget.host.boundingBox())!.width).toBe(before.width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await expect(widget.button('Try again')).toBeInViewport({ ratio: 1 });
    expect((await witness.violations()).filter((violation) => !violation.includes('wasm'))).toEqual([]);
  });
}
