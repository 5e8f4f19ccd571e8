import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { Authorize } from './support/authorize.js';
import { Panel } from './support/panel.js';
import type { Site } from './support/site.js';
import { expect, test } from './support/world.js';

test('a page that is on no list cannot frame the backend', async ({ login, page }) => {
  const { origin } = await login.site('own');
  const stranger = await servePage(`<iframe src="${origin}/embed/frame"></iframe><iframe src="${origin}/login"></iframe>`);
  const refusals: string[] = [];
  page.on('console', (message) => refusals.push(message.text()));
  try {
    await page.goto(stranger.url);

    await expect.poll(() => refusals.filter((text) => text.includes('frame-ancestors')).length).toBe(2);
    for (const frame of page.frames().slice(1)) expect(await frame.locator('main').count()).toBe(0);
  } finally {
    stranger.stop();
  }
});

test('the frame page alone says where it belongs', async ({ login, page }) => {
  const { origin } = await login.site('own');

  await page.goto(`${origin}/embed/frame`);

  await expect(page.locator('main[data-state=alone]')).toContainText('works only inside the page');
});

for (const place of ['own', 'shop'] as const) {
  test(`a failure in DingTalk's page can be tried again (${place})`, async ({ login, panel, context }) => {
    const site = await open(panel, await login.site(place));
    await login.dingtalk.options({ frame: 'failure' });
    await dingtalk(panel).approve('zhangwei');
    const main = panel.frame.locator('main');
    await expect(main).toHaveAttribute('data-state', 'failed');
    await expect(main).toContainText('DingTalk did not sign you in.');
    expect(await site.who(context)).toBeNull();

    await login.dingtalk.options({ frame: 'normal' });
    await panel.frame.getByRole('button', { name: 'Try again' }).click();
    // A frame of another site gets no cookie by which DingTalk would know the person.
    if (place === 'shop') await dingtalk(panel).person('zhangwei').click();
    await dingtalk(panel).decision('approve').click();

    await panel.greets('张伟');
    await expect.poll(() => site.who(context)).toBe('张伟');
  });

  test(`an answer that comes twice counts once (${place})`, async ({ login, panel, context }) => {
    await login.dingtalk.options({ frame: 'duplicate' });
    const sent = codesSent(panel.page);
    const site = await open(panel, await login.site(place));

    await dingtalk(panel).approve('zhangwei');

    await panel.greets('张伟');
    await expect.poll(() => site.who(context)).toBe('张伟');
    expect(sent).toHaveLength(1);
  });
}

test("what does not come from DingTalk's page counts for nothing", async ({ login, panel, context }) => {
  await login.dingtalk.options({ frame: 'foreign_origin' });
  const sent = codesSent(panel.page);
  const site = await open(panel, await login.site('shop'));
  const foreign = panel.page.waitForResponse((response) => response.url().includes('/oauth2/auth/foreign.js'));

  await dingtalk(panel).approve('zhangwei');
  await foreign;

  await expect(panel.frame.frameLocator('iframe').getByRole('heading', { name: 'Done' })).toBeVisible();
  await expect(panel.frame.locator('main')).toHaveAttribute('data-state', 'shown');
  await panel.says('Waiting for you to sign in');
  expect(sent).toEqual([]);
  expect(await site.who(context)).toBeNull();
});

test('an answer without a code is a failure', async ({ login, panel, context }) => {
  await login.dingtalk.options({ frame: 'malformed' });
  const sent = codesSent(panel.page);
  const site = await open(panel, await login.site('shop'));

  await dingtalk(panel).approve('zhangwei');

  await expect(panel.frame.locator('main')).toHaveAttribute('data-state', 'failed');
  expect(sent).toEqual([]);
  expect(await site.who(context)).toBeNull();
});

test('a refusal in the frame is told by the panel', async ({ login, panel, context }) => {
  const site = await open(panel, await login.site('shop'));

  await dingtalk(panel).deny('zhangwei');

  await panel.says('Declined');
  expect(await site.who(context)).toBeNull();
});

test('the page around the frame cannot give it a code or another login', async ({ login, panel, context }) => {
  const sent = codesSent(panel.page);
  const site = await open(panel, await login.site('shop'));
  await dingtalk(panel).isOpen();
  const code = await login.dingtalk.oauthCode('lina');

  await panel.page.evaluate((code) => {
    const frame = document.querySelector<HTMLIFrameElement>('.dtqr-frame iframe')!.contentWindow!;
    frame.postMessage({ success: true, redirectUrl: `http://127.0.0.1/?authCode=${code}&state=x` }, '*');
    frame.postMessage({ type: 'dingtalk-qr:flow', flow_id: 'A'.repeat(22), poll_token: 'another' }, '*');
  }, code);
  await dingtalk(panel).approve('zhangwei');

  await panel.greets('张伟');
  await expect.poll(() => site.who(context)).toBe('张伟');
  expect(sent).toHaveLength(1);
  expect(sent[0]).not.toContain(code);
});

test('another frame or window learns nothing and changes nothing', async ({ login, panel, context }) => {
  const site = await open(panel, await login.site('shop'));
  await dingtalk(panel).isOpen();
  // A page of the shop itself, so that nothing but the source gives it away; and one with a foreign origin.
  await panel.page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    const script = `<script>
      addEventListener('message', ({ data }) => parent.postMessage({ heard: data }, '*'));
      for (const type of ['frame-ready', 'frame-failed', 'flow'])
        parent.postMessage({ type: 'dingtalk-qr:' + type, code: 'not_invited' }, '*');
      parent.postMessage('sent', '*');
    </script>`;
    addEventListener('message', ({ data }) => data === 'sent' || data?.heard ? heard.push(data) : 0);
    for (const sandbox of ['allow-scripts allow-same-origin', 'allow-scripts']) {
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', sandbox);
      frame.srcdoc = script;
      document.body.append(frame);
    }
    postMessage({ type: 'dingtalk-qr:frame-failed', code: 'not_invited' }, '*');
  });
  const heard = () => panel.page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
  await expect.poll(heard).toEqual(['sent', 'sent']);

  await panel.says('Waiting for you to sign in');
  await dingtalk(panel).approve('zhangwei');
  await panel.greets('张伟');
  await expect.poll(() => site.who(context)).toBe('张伟');
  expect(await heard()).toEqual(['sent', 'sent']);
});

test('two widgets at once keep to their own logins', async ({ login, panel, context }) => {
  const site = await open(panel, await login.site('shop'));
  const other = new Panel(await context.newPage());
  await open(other, site);
  await dingtalk(panel).isOpen();
  await dingtalk(other).isOpen();

  await dingtalk(other).approve('lina');
  await other.greets('李娜');
  await expect.poll(() => site.who(context)).toBe('李娜');
  await panel.page.bringToFront();
  await panel.says('Waiting for you to sign in');
  await dingtalk(panel).approve('zhangwei');

  await panel.greets('张伟');
  await expect.poll(() => site.who(context)).toBe('张伟');
});

test('the frame speaks the language of the page', async ({ login, browser }) => {
  const site = await login.site('shop');
  const context = await browser.newContext({ locale: 'zh-CN' });
  const panel = new Panel(await context.newPage());
  await login.dingtalk.options({ frame: 'failure' });
  await panel.page.goto(`${site.login}?method=frame`);
  await panel.says('等待你登录');

  await dingtalk(panel).approve('zhangwei');

  await expect(panel.frame.locator('main')).toContainText('钉钉未能完成登录。');
  await expect(panel.frame.getByRole('button', { name: '重试' })).toBeVisible();
  await context.close();
});

async function open(panel: Panel, site: Site): Promise<Site> {
  await panel.page.goto(`${site.login}?method=frame`);
  await panel.says('Waiting for you to sign in');
  return site;
}

function dingtalk(panel: Panel): Authorize {
  return new Authorize(panel.frame.frameLocator('iframe'));
}

/** What the frame's page sends to the backend as DingTalk's answer. */
function codesSent(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (/\/logins\/[^/]+\/code$/.test(request.url())) sent.push(request.postData() ?? '');
  });
  return sent;
}

/** A page of a third site. */
async function servePage(html: string): Promise<{ url: string; stop: () => void }> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, stop: () => server.close() };
}
