import { expect, test } from './support/world.js';

test('an app that exists is offered before another is made', async ({ world, panel, context }) => {
  await panel.open(world.url);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');
  const env = await world.envFile();
  const [, clientId] = /DINGTALK_CLIENT_ID=(.*)/.exec(env)!;
  await world.writeEnvFile('PORT=80\n');

  const page = await context.newPage();
  await page.goto(world.url);
  const offer = page.locator('.page-apps');
  await expect(offer).toContainText(clientId!);
  await expect(offer).toContainText('accepted by DingTalk');
  expect(await world.dingtalk.registrations()).toHaveLength(1);
  await offer.getByRole('button', { name: 'Use this one' }).click();

  await expect(page.locator('.dtqr-status')).toHaveText('Your bot is ready');
  await expect(page.locator('.dtqr-facts')).toContainText(clientId!);
  expect(await world.envFile()).toBe(`PORT=80\n${env}`);
  expect(await world.dingtalk.registrations()).toHaveLength(1);
});

test('another app is made by whoever wants one', async ({ world, panel }) => {
  await panel.open(world.url);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');

  await panel.page.reload();
  await panel.button('Make another').click();

  await panel.says('Waiting for your scan');
  expect(await world.dingtalk.registrations()).toHaveLength(2);
});
