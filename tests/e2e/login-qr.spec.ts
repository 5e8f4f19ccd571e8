import { type APIRequestContext } from '@playwright/test';
import { studio, studioApp } from './support/dingtalk.js';
import { Panel } from './support/panel.js';
import { Phone } from './support/phone.js';
import { World, expect, test } from './support/world.js';

test('whoever does not know the page says no and the desktop is told', async ({ login, panel, phone, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.scan(await panel.scan());

  await phone.deed('deny').click();

  await phone.shows('denied');
  await panel.says('Declined');
  await expect(panel.page.getByText('The sign-in was declined, so nobody was signed in.')).toBeVisible();
  expect(await site.who(context)).toBeNull();
  await panel.button('Try again').click();
  await panel.says('Waiting for your scan');
});

test('whoever refuses at DingTalk is not signed in', async ({ login, panel, phone, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.scan(await panel.scan());
  await phone.deed('continue').click();

  await phone.dingtalk.deny('zhangwei');

  await phone.shows('denied');
  await panel.says('Declined');
  expect(await site.who(context)).toBeNull();
});

test('a wrong number ends the login for good', async ({ login, panel, phone, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  const link = await panel.scan();
  await phone.signIn(link, 'zhangwei');
  const number = await panel.number();
  const shown = (await phone.numbers.allInnerTexts()).map(Number);
  expect(shown).toContain(number);

  await phone.number(shown.find((other) => other !== number)!).click();

  await phone.shows('wrong-number');
  await panel.says('That did not work');
  await expect(panel.page.getByText('The number picked on the phone was not the one shown here')).toBeVisible();
  expect(await site.who(context)).toBeNull();
  await phone.scan(link);
  await phone.shows('wrong-number');
});

test('at the question for the number one can still say no', async ({ login, panel, phone, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.signIn(await panel.scan(), 'zhangwei');

  await phone.deed('deny').click();

  await phone.shows('denied');
  await panel.says('Declined');
  expect(await site.who(context)).toBeNull();
});

test('the first phone that goes on is the only one', async ({ login, panel, phone, browser, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  const link = await panel.scan();
  const second = await Phone.of(browser);
  await second.scan(link);
  await second.shows('ask');

  await phone.signIn(link, 'zhangwei');
  await second.deed('continue').click();
  await second.shows('over');
  await second.scan(link);
  await second.shows('over');

  await phone.number(await panel.number()).click();
  await panel.greets('张伟');
  expect(await site.who(context)).toBe('张伟');
  await second.context.close();
});

test('a preview of the link changes nothing', async ({ login, panel, phone, playwright }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  const link = await panel.scan();

  const robot = await playwright.request.newContext({ userAgent: 'LinkPreview/1.0' });
  for (const preview of [...(await previews(robot, link)), ...(await previews(robot, link))]) {
    expect(preview).toBe(200);
  }
  await robot.dispose();
  await panel.says('Waiting for your scan');

  await phone.signIn(link, 'lina');
  await phone.number(await panel.number()).click();
  await panel.greets('李娜');
});

test('cancelling on the desktop closes the way for the phone', async ({ login, panel, phone }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  const link = await panel.scan();
  await phone.scan(link);
  await phone.shows('ask');

  await panel.button('Cancel').click();
  await panel.says('Cancelled');
  await phone.deed('continue').click();

  await phone.shows('over');
  expect(await panel.page.evaluate(() => sessionStorage.length)).toBe(0);
  await panel.button('Start again').click();
  await panel.says('Waiting for your scan');
  expect(await panel.scan()).not.toBe(link);
});

test('a reload while the phone is busy shows the same number again', async ({ login, panel, phone, context }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.signIn(await panel.scan(), 'zhangwei');
  const number = await panel.number();

  await panel.page.reload();

  expect(await panel.number()).toBe(number);
  await phone.page.reload();
  await phone.number(number).click();
  await panel.greets('张伟');
  expect(await site.who(context)).toBe('张伟');
});

test('the way back on the phone leads nowhere once it is done', async ({ login, panel, phone }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.signIn(await panel.scan(), 'zhangwei');
  await phone.number(await panel.number()).click();
  await phone.shows('done');

  await phone.page.goBack();
  await phone.page.reload();

  await phone.shows('done');
});

test('a phone without a computer opens the link itself', async ({ login, browser }) => {
  const site = await login.site('shop');
  const phone = await Phone.of(browser);
  const panel = new Panel(phone.page);
  await panel.open(`${site.login}?method=qr`);

  const opened = phone.context.waitForEvent('page');
  await phone.page.getByRole('link', { name: 'Open on this device' }).click();
  const tab = await opened;
  await tab.locator('button[name=do][value=continue]').click();
  await tab.locator('button[name=person][value=zhangwei]').click();
  await tab.locator('button[name=decision][value=approve]').click();
  await tab.locator(`button[name=number][value="${await panel.number()}"]`).click();

  await panel.greets('张伟');
  await expect.poll(() => site.who(phone.context)).toBe('张伟');
  await phone.context.close();
});

test('somebody of several organisations chooses one', async ({ panel, phone, context }) => {
  // Without the organisation of the app, DingTalk's page asks for one.
  const login = await World.forLogin({
    LOGIN_APP: '',
    APPS_FILE: '',
    DINGTALK_CLIENT_ID: studioApp.clientId,
    DINGTALK_CLIENT_SECRET: studioApp.clientSecret,
    ALLOWED_CORP_IDS: studio,
  });
  try {
    const site = await login.site('own');
    await panel.open(site.login);
    await phone.scan(await panel.scan());
    await phone.deed('continue').click();
    await phone.dingtalk.person('wangfang').click();
    await phone.dingtalk.organisation(studio).click();
    await phone.dingtalk.decision('approve').click();
    await phone.shows('confirm');
    await phone.number(await panel.number()).click();

    await panel.greets('王芳');
    expect(await site.who(context)).toBe('王芳');
  } finally {
    await login.stop();
  }
});

test('the phone speaks Chinese to who prefers it', async ({ login, panel, browser }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  const phone = await Phone.of(browser, { locale: 'zh-CN' });

  await phone.scan(await panel.scan());
  await expect(phone.page.getByRole('heading', { level: 1 })).toHaveText('要在另一块屏幕上登录吗？');
  await expect(phone.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await phone.deed('continue').click();
  await phone.dingtalk.approve('zhangwei');
  await phone.shows('confirm');
  await expect(phone.page.getByText('另一块屏幕上显示的是哪个数字？')).toBeVisible();
  await phone.number(await panel.number()).click();

  await phone.shows('done');
  await expect(phone.page.getByText('已以 张伟 的身份登录')).toBeVisible();
  await phone.context.close();
});

for (const locale of ['en-GB', 'zh-CN']) {
  test(`the narrowest screen has room for the login (${locale})`, async ({ login, browser }) => {
    const site = await login.site('own');
    const context = await browser.newContext({ locale, viewport: { width: 320, height: 700 } });
    const panel = new Panel(await context.newPage());

    await panel.page.goto(site.login);
    await expect(panel.page.locator('.dtqr-stage[data-cover=code]')).toBeVisible();

    expect(await panel.scan()).toContain(`${site.origin}/d/`);
    const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await context.close();
  });
}

test('a code that nobody confirmed in time is over on both screens', async ({ steeredLogin, panel, phone }) => {
  await panel.open(`${steeredLogin.url}login`);
  const link = await panel.scan();
  await phone.signIn(link, 'zhangwei');

  await steeredLogin.pass(300);

  await panel.says('This code has expired');
  await phone.numbers.first().click();
  await phone.shows('over');
  await panel.button('Get a new code').click();
  await panel.says('Waiting for your scan');
  expect(await panel.scan()).not.toBe(link);
});

async function previews(robot: APIRequestContext, link: string): Promise<number[]> {
  return [(await robot.get(link)).status(), (await robot.head(link)).status()];
}
