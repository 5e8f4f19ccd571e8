import type { Browser } from '@playwright/test';
import { studio } from './support/dingtalk.js';
import { Panel } from './support/panel.js';
import { Phone, inDingTalk } from './support/phone.js';
import { expect, test } from './support/world.js';

for (const place of ['own', 'shop'] as const) {
  test(`an old DingTalk app signs in by its older call (${place})`, async ({ login, browser }) => {
    await login.dingtalk.options({ jsapi: 'old_client' });
    await login.dingtalk.inApp('zhaolei');
    const site = await login.site(place);
    const { phone, panel } = await openIn(browser);

    await phone.page.goto(`${site.login}?corpid=${studio}`);

    await panel.greets('赵磊');
    await expect.poll(() => site.who(phone.context)).toBe('赵磊');
    expect(await phone.page.evaluate(() => typeof (window as { dd?: { requestAuthCode?: unknown } }).dd?.requestAuthCode)).toBe('undefined');
    await phone.context.close();
  });

  test(`a page that DingTalk does not know says whom to ask (${place})`, async ({ login, browser }) => {
    await login.dingtalk.options({ jsapi: 'unknown_domain' });
    await login.dingtalk.inApp('zhaolei');
    const site = await login.site(place);
    const { phone, panel } = await openIn(browser);

    await phone.page.goto(`${site.login}?corpid=${studio}`);

    await panel.says('That did not work');
    await expect(phone.page.getByText('DingTalk knows no app of your organisation for this site.')).toBeVisible();
    expect(await site.who(phone.context)).toBeNull();

    await login.dingtalk.options({ jsapi: 'normal' });
    await panel.button('Try again').click();
    await panel.greets('赵磊');
    await phone.context.close();
  });
}

test('a page that DingTalk does not know says so in Chinese', async ({ login, browser }) => {
  await login.dingtalk.options({ jsapi: 'unknown_domain' });
  await login.dingtalk.inApp('zhaolei');
  const site = await login.site('own');
  const { phone } = await openIn(browser, 'zh-CN');

  await phone.page.goto(`${site.login}?corpid=${studio}`);

  await expect(phone.page.getByText('请管理员在开发者后台把此页面的地址设为应用首页地址。')).toBeVisible();
  await phone.context.close();
});

test('where the script cannot help there are other doors', async ({ login, panel, context }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=workspace&corpid=${studio}`);

  await panel.says('That did not work');
  await expect(panel.page.getByText("DingTalk's script is not available here.")).toBeVisible();
  expect(await site.who(context)).toBeNull();
  await panel.button('Use a QR code instead').click();

  await expect(panel.code).toBeVisible();
});

test('an organisation without an app here is told so', async ({ login, browser }) => {
  await login.dingtalk.inApp('wangfang', 'dingsimschool0001');
  const site = await login.site('own');
  const { phone, panel } = await openIn(browser);

  await phone.page.goto(`${site.login}?corpid=dingsimschool0001`);

  await panel.says('That did not work');
  await expect(phone.page.getByText('No DingTalk app is set up here for this organisation')).toBeVisible();
  await phone.context.close();
});

test('a code of the workspace is good once', async ({ login, browser, playwright }) => {
  await login.dingtalk.inApp('zhaolei');
  const site = await login.site('own');
  const { phone, panel } = await openIn(browser);
  const sent = phone.page.waitForRequest((request) => request.url().endsWith('/workspace'));
  await phone.page.goto(`${site.login}?corpid=${studio}`);
  const data = (await sent).postDataJSON() as { code: string };
  await panel.greets('赵磊');

  const thief = await playwright.request.newContext({ baseURL: site.origin });
  const begun = await thief.post('/api/v1/logins', { data: { method: 'workspace', corp_id: studio } });
  const { flow_id, poll_token } = (await begun.json()) as { flow_id: string; poll_token: string };
  const headers = { authorization: `Bearer ${poll_token}` };
  const again = await thief.post(`/api/v1/logins/${flow_id}/workspace`, { headers, data });

  expect(again.status()).toBe(400);
  expect(await again.json()).toMatchObject({ code: 'workspace_code_invalid' });
  const flow = await thief.get(`/api/v1/flows/${flow_id}`, { headers });
  expect(await flow.json()).toMatchObject({ status: 'failed', code: 'workspace_code_invalid' });
  expect((await thief.get('/api/v1/session')).status()).toBe(204);
  await thief.dispose();
  await phone.context.close();
});

test('whoever signs out in the workspace is not signed in again without being asked', async ({ login, browser }) => {
  await login.dingtalk.inApp('zhaolei');
  const site = await login.site('own');
  const { phone, panel } = await openIn(browser);
  await phone.page.goto(`${site.login}?corpid=${studio}`);
  await panel.greets('赵磊');

  await panel.button('Sign out').click();

  await panel.says('You are not signed in yet');
  await expect(panel.goOn).toBeVisible();
  expect(await site.who(phone.context)).toBeNull();
  await phone.context.close();
});

async function openIn(browser: Browser, locale = 'en-GB'): Promise<{ phone: Phone; panel: Panel }> {
  const phone = await Phone.of(browser, { ...inDingTalk, locale });
  return { phone, panel: new Panel(phone.page) };
}
