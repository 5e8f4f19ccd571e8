import { Authorize } from './support/authorize.js';
import { studio } from './support/dingtalk.js';
import { Panel } from './support/panel.js';
import { Phone, inDingTalk, onPhone } from './support/phone.js';
import { expect, test } from './support/world.js';

const places = [
  { place: 'own', where: "on the backend's own page" },
  { place: 'shop', where: 'on a page of another site' },
] as const;

const devices = [
  { device: 'a desktop', options: {} },
  { device: 'a phone', options: onPhone },
] as const;

for (const { place, where } of places) {
  test(`a phone that scans the code signs a desktop in ${where}`, async ({ login, panel, phone, context }) => {
    const site = await login.site(place);
    await panel.open(site.login);

    await phone.scan(await panel.scan());
    await phone.shows('ask');
    const facts = phone.page.getByRole('region', { name: 'Who is asking' });
    for (const fact of [site.origin, 'Studio', 'Chrome', '127.0.0.1']) await expect(facts).toContainText(fact);
    await panel.says('Waiting for your scan');
    await phone.deed('continue').click();
    const number = await panel.number();
    await phone.dingtalk.approve('zhangwei');
    await phone.shows('confirm');
    await expect(phone.page.getByText('as 张伟?')).toBeVisible();
    await expect(phone.numbers).toHaveCount(3);
    expect(await site.who(context)).toBeNull();
    await phone.number(number).click();

    await phone.shows('done');
    await panel.greets('张伟');
    await expect.poll(() => site.who(context)).toBe('张伟');
    expect(await site.who(phone.context)).toBeNull();
  });

  for (const { device, options } of devices) {
    test(`${device} goes to DingTalk and comes back signed in ${where}`, async ({ login, browser }) => {
      const site = await login.site(place);
      const context = await browser.newContext({ ...options, locale: 'en-GB' });
      const panel = new Panel(await context.newPage());
      const address = `${site.login}?method=redirect&order=7`;
      await panel.page.goto(address);
      await panel.says('You are not signed in yet');

      await panel.goOn.click();
      await new Authorize(panel.page).approve('lina');

      await panel.greets('李娜');
      expect(panel.page.url()).toBe(address);
      await expect.poll(() => site.who(context)).toBe('李娜');
      await context.close();
    });

    test(`${device} signs in in DingTalk's own frame ${where}`, async ({ login, browser }) => {
      const site = await login.site(place);
      const context = await browser.newContext({ ...options, locale: 'en-GB' });
      const panel = new Panel(await context.newPage());
      await panel.page.goto(`${site.login}?method=frame`);
      await panel.says('Waiting for you to sign in');

      await new Authorize(panel.frame.frameLocator('iframe')).approve('zhangwei');

      await panel.greets('张伟');
      await expect.poll(() => site.who(context)).toBe('张伟');
      await context.close();
    });
  }

  test(`the workspace signs in without a question ${where}`, async ({ login, browser }) => {
    const site = await login.site(place);
    await login.dingtalk.inApp('zhaolei');
    const context = await browser.newContext({ ...inDingTalk, locale: 'en-GB' });
    const panel = new Panel(await context.newPage());

    await panel.page.goto(`${site.login}?corpid=${studio}`);

    await panel.greets('赵磊');
    await expect.poll(() => site.who(context)).toBe('赵磊');
    await context.close();
  });
}

test('each browser is offered the door that suits it', async ({ login, panel, browser }) => {
  const site = await login.site('own');
  await login.dingtalk.inApp('wangfang');

  await panel.page.goto(site.login);
  await expect(panel.code).toBeVisible();

  const phone = await Phone.of(browser);
  await phone.page.goto(site.login);
  await expect(new Panel(phone.page).goOn).toBeVisible();
  await phone.context.close();

  const inApp = await Phone.of(browser, inDingTalk);
  await inApp.page.goto(`${site.login}?corpid=${studio}`);
  await new Panel(inApp.page).greets('王芳');
  await inApp.context.close();
});
