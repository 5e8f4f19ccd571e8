import { Authorize, approveAndStay } from './support/authorize.js';
import { school } from './support/dingtalk.js';
import { Panel } from './support/panel.js';
import { World, expect, test } from './support/world.js';

test('a session outlives a reload and ends when its person signs out', async ({ login, panel, context }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.goOn.click();
  await new Authorize(panel.page).approve('zhangwei');
  await panel.greets('张伟');

  await panel.page.reload();
  await panel.greets('张伟');
  await panel.button('Sign out').click();

  await panel.says('You are not signed in yet');
  expect(await site.who(context)).toBeNull();
  await panel.page.reload();
  await panel.says('You are not signed in yet');
});

test('a stolen session is worth nothing once its person has signed out', async ({ login, panel, browser }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.goOn.click();
  await new Authorize(panel.page).approve('zhangwei');
  await panel.greets('张伟');
  const thief = await browser.newContext({ storageState: await panel.page.context().storageState() });
  expect(await site.who(thief)).toBe('张伟');

  await panel.button('Sign out').click();
  await panel.says('You are not signed in yet');

  expect(await site.who(thief)).toBeNull();
  await thief.close();
});

for (const place of ['own', 'shop'] as const) {
  test(`whoever turns back at DingTalk can begin again (${place})`, async ({ login, panel, context }) => {
    const site = await login.site(place);
    await panel.page.goto(`${site.login}?method=redirect`);
    await panel.goOn.click();
    await new Authorize(panel.page).isOpen();

    await panel.page.goBack();
    await panel.goOn.click();
    await new Authorize(panel.page).approve('zhangwei');

    await panel.greets('张伟');
    await expect.poll(() => site.who(context)).toBe('张伟');
  });

  test(`the account can be changed at DingTalk (${place})`, async ({ login, panel, context }) => {
    const site = await login.site(place);
    const dingtalk = new Authorize(panel.page);
    await panel.page.goto(`${site.login}?method=redirect`);
    await panel.goOn.click();
    await dingtalk.person('zhangwei').click();
    await panel.page.locator('button[name=account]').click();

    await dingtalk.approve('lina');

    await panel.greets('李娜');
    await expect.poll(() => site.who(context)).toBe('李娜');
  });
}

test('a refusal at DingTalk is told in the language of the browser and may be taken back', async ({ login, browser }) => {
  const site = await login.site('own');
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(`${site.login}?method=redirect`);
  await page.getByRole('button', { name: '使用钉钉登录', exact: true }).click();

  await new Authorize(page).deny('zhangwei');

  await expect(page.locator('main')).toHaveAttribute('data-page', 'denied');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('未登录任何人');
  expect(await site.who(context)).toBeNull();
  await page.getByRole('link', { name: '重试' }).click();
  await new Authorize(page).decision('approve').click();
  await expect(page).toHaveURL(`${site.login}?method=redirect`);
  await expect.poll(() => site.who(context)).toBe('张伟');
  await context.close();
});

test('a refusal at DingTalk is told on the page of another site', async ({ login, panel, context }) => {
  const site = await login.site('shop');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.goOn.click();

  await new Authorize(panel.page).deny('zhangwei');

  await panel.says('Declined');
  expect(panel.page.url()).toBe(`${site.login}?method=redirect`);
  expect(await site.who(context)).toBeNull();
  await panel.button('Try again').click();
  await new Authorize(panel.page).decision('approve').click();
  await panel.greets('张伟');
  await expect.poll(() => site.who(context)).toBe('张伟');
});

test('an organisation that may not come in is turned away in Chinese and may try again', async ({ browser }) => {
  const login = await World.forLogin({ ALLOWED_CORP_IDS: school });
  try {
    const site = await login.site('own');
    const context = await browser.newContext({ locale: 'zh-CN' });
    const page = await context.newPage();
    await page.goto(`${site.login}?method=redirect`);
    await page.getByRole('button', { name: '使用钉钉登录', exact: true }).click();
    await new Authorize(page).approve('zhangwei');

    const trouble = page.locator('main[data-page=trouble]');
    await expect(trouble).toHaveAttribute('data-code', 'foreign_organisation');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('该组织不能在此登录');
    await expect(page.getByRole('region', { name: '给管理员' })).toContainText('ALLOWED_CORP_IDS');
    expect(await site.who(context)).toBeNull();
    await page.getByRole('link', { name: '重试' }).click();
    await expect(new Authorize(page).decision('approve')).toBeVisible();
    await context.close();
  } finally {
    await login.stop();
  }
});

test('an organisation that may not come in is told on the page of another site', async ({ panel, context }) => {
  const login = await World.forLogin({ ALLOWED_CORP_IDS: school });
  try {
    const site = await login.site('shop');
    await panel.page.goto(`${site.login}?method=redirect`);
    await panel.goOn.click();
    await new Authorize(panel.page).approve('zhangwei');

    await panel.says('That did not work');
    await expect(panel.page.getByText('You signed in for an organisation that may not come in here.')).toBeVisible();
    expect(await site.who(context)).toBeNull();
  } finally {
    await login.stop();
  }
});

test('the way back from DingTalk is of no use in another browser', async ({ login, panel, browser }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.goOn.click();
  const link = await approveAndStay(panel.page, 'zhangwei');
  expect(link).toContain(`${site.origin}/auth/dingtalk/callback?`);

  const other = await browser.newContext({ locale: 'en-GB' });
  const page = await other.newPage();
  await page.goto(link);

  await expect(page.locator('main[data-page=trouble]')).toHaveAttribute('data-code', 'login_state_invalid');
  await expect(page.getByText('Begin again and stay in this browser.')).toBeVisible();
  expect(await site.who(other)).toBeNull();
  await other.close();
});

test('a proof leaves the address at once and is good for its own page only', async ({ login, panel, browser, context }) => {
  const site = await login.site('shop');
  const address = `${site.login}?method=redirect`;
  await panel.page.goto(address);
  await panel.goOn.click();
  // The page does not see the proof, as if somebody wanted to give it to a victim.
  const back = await approveAndStay(panel.page, 'zhangwei');
  const answer = await context.request.get(back, { maxRedirects: 0 });
  const link = answer.headers()['location']!;
  expect(link).toMatch(/^http:\/\/localhost:\d+\/login\?method=redirect#dingtalk-qr-proof=[\w-]{43}$/);

  const victim = await browser.newContext({ locale: 'en-GB' });
  const other = new Panel(await victim.newPage());
  await other.page.goto(link);
  await other.says('You are not signed in yet');
  expect(other.page.url()).toBe(address);
  expect(await site.who(victim)).toBeNull();
  expect(await other.page.evaluate(() => sessionStorage.length)).toBe(0);
  await victim.close();

  await panel.page.goto(link);
  await panel.greets('张伟');
  expect(panel.page.url()).toBe(address);
  await expect.poll(() => site.who(context)).toBe('张伟');
});

test('a proof that is opened again signs nobody in', async ({ login, panel, context }) => {
  const site = await login.site('shop');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.goOn.click();
  const back = panel.page.waitForResponse((response) => response.url().includes('/auth/dingtalk/callback'));
  await new Authorize(panel.page).approve('zhangwei');
  const link = (await (await back).headerValue('location'))!;
  await panel.greets('张伟');
  await context.request.post(`${site.origin}/sign-out`);
  await context.clearCookies();

  await panel.page.goto('about:blank');
  await panel.page.goto(link);

  await panel.says('You are not signed in yet');
  expect(panel.page.url()).toBe(`${site.login}?method=redirect`);
  expect(await site.who(context)).toBeNull();
});
