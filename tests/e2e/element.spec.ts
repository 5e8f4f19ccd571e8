import { join } from 'node:path';
import { Phone } from './support/phone.js';
import { root } from './support/program.js';
import { Widget, expect, registration, test } from './support/embed.js';

const examplesOwn = { publicDir: join(root, 'examples/plain/public') };

test('a strict page of another origin creates a bot with an embed token', async ({ estate, page, witness, phone }) => {
  const site = await estate.site(examplesOwn);
  const widget = new Widget(page, '#registration');

  await page.goto(site.origin);
  await widget.isReady();
  const link = await widget.scan();
  expect(link).toContain('/openapp/registration/openClaw?user_code=');
  await phone.scan(link);
  await phone.page.locator('button[value=create]').click();
  await widget.says('Your bot is ready');

  expect(await witness.heard('created')).toEqual(['registration created created']);
  expect(await witness.detail('created')).toMatchObject({ client_id: expect.stringMatching(/^ding\w+$/), saved_to: ['store', 'env_file'], verified: true });
  expect(await witness.heard('ready')).toContain('registration ready pending');
  expect(witness.count('POST /registrations')).toBe(1);
  expect(await witness.violations()).toEqual([]);
  expect(witness.errors).toEqual([]);
  expect(witness.warnings).toEqual([]);
});

test("a strict page's own server redeems the ticket of a login", async ({ estate, page, witness, phone }) => {
  const site = await estate.site(examplesOwn);
  const widget = new Widget(page, '#login');

  await page.goto(site.origin);
  await widget.isReady();
  await phone.signIn(await widget.scan(), 'zhangwei');
  const number = await page.locator('#login .dtqr-number').innerText();
  await widget.says(`Pick ${number} on your phone`);
  await phone.number(Number(number)).click();
  await phone.shows('done');

  await widget.says('Signed in');
  await expect(page.locator('#welcome')).toHaveText('Welcome, 张伟');
  expect(await witness.heard('authenticated')).toEqual(['login authenticated authenticated']);
  expect(await page.locator('#events').innerText()).not.toContain('"ticket":');
  expect(witness.count('POST /logins')).toBe(1);
  expect(await witness.violations()).toEqual([]);
  expect(witness.errors).toEqual([]);
  expect(witness.warnings).toEqual([]);
});

test('the script of the backend itself works on a foreign page with its integrity', async ({ estate, page, witness, widget }) => {
  const { backend } = estate;
  const site = await estate.site({ scriptSrc: `${backend} 'wasm-unsafe-eval'` });
  const { files } = (await (await page.request.get(`${backend}/embed/integrity.json`)).json()) as { files: Record<string, string> };
  const script = (integrity: string) => `<script type="module" crossorigin integrity="${integrity}" src="${backend}/embed/dingtalk-qr.js"></script>`;
  const body = '<dingtalk-qr id="r" token-url="/embed-token"></dingtalk-qr>';

  await page.goto(await site.page(body, script(files['dingtalk-qr.js']!)));
  await widget.isReady();
  await estate.world.dingtalk.approve(await widget.userCode());
  await widget.says('Your bot is ready');

  expect(await witness.violations()).toEqual([]);
  expect(witness.errors).toEqual([]);
  expect(witness.warnings).toEqual([]);
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
  expect(loaded.filter((path) => path.startsWith('/embed/v')).length).toBeGreaterThanOrEqual(3);

  await page.goto(await site.page(body, script(files['dingtalk-qr.js']!.replace(/.{8}$/, 'AAAAAAAA'))));
  await expect.poll(() => witness.errors.join()).toContain('integrity');
  expect(await page.evaluate(() => customElements.get('dingtalk-qr') === undefined)).toBe(true);
});

test('the files of a version may be kept for ever, the loader is asked about', async ({ estate, request }) => {
  const embed = `${estate.backend}/embed/`;
  const { files } = (await (await request.get(`${embed}integrity.json`)).json()) as { files: Record<string, string> };
  const versioned = Object.keys(files).filter((file) => file.startsWith('v'));

  expect(versioned.filter((file) => file.endsWith('.wasm'))).toHaveLength(1);
  for (const file of versioned) {
    const answer = await request.get(embed + file, { headers: { origin: 'https://anybody.example' } });
    expect(answer.status(), file).toBe(200);
    expect(answer.headers()).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', 'access-control-allow-origin': '*' });
  }
  const loader = await request.get(`${embed}dingtalk-qr.js`);
  expect(loader.headers()['cache-control']).toBe('no-cache');
  const again = await request.get(`${embed}dingtalk-qr.js`, { headers: { 'if-none-match': loader.headers()['etag']! } });
  expect(again.status()).toBe(304);
});

test('without an embed token a foreign page is told that it may not', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();

  await page.goto(await site.page(`<dingtalk-qr id="r" backend="${estate.backend}"></dingtalk-qr>`));
  await widget.says('Operators only');

  expect(await witness.heard('ended')).toEqual(['r ended operator_required']);
  await expect(widget.code).toHaveCount(0);
});

test('a token that is too old is replaced by a fresh one', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  let asked = 0;
  await page.route('**/embed-token', (route) => (++asked === 1 ? route.fulfill({ json: { token: 'eyJ0b28iOiJvbGQifQ.e30.AAAA' } }) : route.continue()));

  await page.goto(await site.page(registration(estate.backend)));
  await widget.isReady();

  expect(asked).toBe(2);
  expect(witness.count('POST /registrations')).toBe(2);
  expect(await witness.heard('ended')).toEqual([]);
});

test('a site whose tokens never count is asked for one again once, and no more', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  let asked = 0;
  await page.route('**/embed-token', (route) => (++asked, route.fulfill({ json: { token: 'eyJ0b28iOiJvbGQifQ.e30.AAAA' } })));

  await page.goto(await site.page(registration(estate.backend)));
  await widget.says('That did not work');

  expect(await witness.detail('ended')).toEqual({ status: 'failed', code: 'embed_token_invalid' });
  // The first one is the loader's.
  expect(asked).toBe(3);
  await page.waitForTimeout(1000);
  expect(asked).toBe(3);
});

test('a phone goes to DingTalk and comes back signed in to the foreign page', async ({ estate, browser }) => {
  const site = await estate.site(examplesOwn);
  const { page, dingtalk, context } = await Phone.of(browser);
  const widget = new Widget(page, '#login');
  await page.goto(`${site.origin}/?order=7`);
  await widget.says('You are not signed in yet');

  await widget.button('Continue with DingTalk').click();
  await dingtalk.approve('lina');

  await widget.says('Signed in');
  await expect(page.locator('#welcome')).toHaveText('Welcome, 李娜');
  expect(page.url()).toBe(`${site.origin}/?order=7`);
  await context.close();
});
