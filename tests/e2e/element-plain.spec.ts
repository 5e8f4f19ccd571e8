import { Phone, inDingTalk } from './support/phone.js';
import { type Estate, Widget, expect, registration, test } from './support/embed.js';

/** Why there is no WebAssembly: the page's policy, or something between that does not let it through. */
const reasons = ['the policy refuses it', 'it does not come'] as const;

/** A page with this element, and no WebAssembly. */
async function openWithout(estate: Estate, widget: Widget, body: string, reason: (typeof reasons)[number] = 'the policy refuses it') {
  const isRefused = reason === 'the policy refuses it';
  const site = await estate.site(isRefused ? { scriptSrc: "'self'" } : {});
  if (!isRefused) await widget.page.route('**/*.wasm', (route) => route.abort());
  await widget.page.goto(await site.page(body));
}

for (const reason of reasons) {
  test(`the plain panel creates a bot where ${reason}`, async ({ estate, page, witness, widget }) => {
    await openWithout(estate, widget, registration(estate.backend), reason);
    await widget.isReady();
    expect(witness.warnings.filter((text) => text.includes('goes on without WebAssembly'))).toHaveLength(1);
    const link = await widget.scan();
    await expect(widget.host.getByRole('link', { name: 'or open this link' })).toHaveAttribute('href', link);

    await estate.world.dingtalk.approve(new URL(link).searchParams.get('user_code')!, { step_s: 2 });

    await widget.says('Approved. Creating the bot…');
    await widget.says('Your bot is ready');
    expect(await witness.heard('created')).toEqual(['r created created']);
    expect(witness.count('POST /registrations')).toBe(1);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
}

test('the plain panel signs a person in by a phone', async ({ estate, witness, widget, phone }) => {
  await openWithout(estate, widget, `<dingtalk-qr id="l" mode="login" backend="${estate.backend}"></dingtalk-qr>`);
  await widget.isReady();

  await phone.signIn(await widget.scan(), 'zhangwei');
  const number = await widget.page.locator('.dtqr-number').innerText();
  await phone.number(Number(number)).click();

  await widget.says('Signed in');
  await expect(widget.host.getByText('You are signed in as 张伟')).toBeVisible();
  expect(await witness.detail('authenticated')).toMatchObject({ ticket: expect.any(String), identity: { name: '张伟' } });
});

test('the plain panel tells a refusal and an expiry, and can begin again', async ({ estate, witness, widget }) => {
  const { dingtalk } = estate.world;
  await openWithout(estate, widget, registration(estate.backend));
  await widget.isReady();
  const first = await widget.userCode();
  await dingtalk.deny(first, 'Not today');
  await widget.says('Declined');
  await expect(widget.host.getByText('Not today')).toBeVisible();

  await widget.button('Try again').click();
  await widget.isReady();
  const second = await widget.userCode();
  expect(second).not.toBe(first);
  await dingtalk.expire(second);
  await widget.says('This code has expired');

  await widget.button('Get a new code').click();
  await widget.isReady();
  expect(await widget.userCode()).not.toBe(second);
  expect(await witness.heard('ended')).toEqual(['r ended denied', 'r ended expired']);
  expect(await witness.detail('ended')).toEqual({ status: 'expired' });
});

test('the plain panel cancels, and the page can begin again', async ({ estate, page, witness, widget }) => {
  await openWithout(estate, widget, registration(estate.backend));
  await widget.isReady();
  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');

  await widget.button('Cancel').click();

  expect((await deleted).status()).toBe(204);
  await widget.says('Cancelled');
  expect(await witness.heard('ended')).toEqual(['r ended cancelled']);
  await widget.button('Start again').click();
  await widget.isReady();
  expect(witness.count('POST /registrations')).toBe(2);
  expect(witness.count('DELETE /flows')).toBe(1);
});

test('the plain panel goes on after a reload', async ({ estate, page, witness, widget }) => {
  await openWithout(estate, widget, registration(estate.backend));
  await widget.isReady();
  const link = await widget.scan();

  await page.reload();
  await widget.isReady();

  expect(await widget.scan()).toBe(link);
  expect(witness.count('POST /registrations')).toBe(1);
});

test('the plain panel of a phone offers to open DingTalk', async ({ estate, browser }) => {
  const { page, context } = await Phone.of(browser);
  const widget = new Widget(page);
  await openWithout(estate, widget, registration(estate.backend));
  await widget.isReady();

  const link = widget.host.getByRole('link', { name: 'Open in DingTalk' });

  await expect(link).toHaveAttribute('href', await widget.scan());
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await context.close();
});

for (const [device, options] of [
  ['a phone', {}],
  ['the browser of DingTalk', inDingTalk],
] as const) {
  test(`the plain panel sends ${device} to DingTalk and back`, async ({ estate, browser }) => {
    const { page, dingtalk, context } = await Phone.of(browser, options);
    const widget = new Widget(page);
    await openWithout(estate, widget, `<dingtalk-qr id="l" mode="login" backend="${estate.backend}"></dingtalk-qr>`);
    await widget.says('You are not signed in yet');
    const address = page.url();

    await widget.button('Continue with DingTalk').click();
    await dingtalk.approve('lina');

    await widget.says('Signed in');
    await expect(widget.host.getByText('You are signed in as 李娜')).toBeVisible();
    expect(page.url()).toBe(address);
    await context.close();
  });
}
