import { expect, test } from './support/world.js';

test('errors for 119 seconds are survived', async ({ steered, panel }) => {
  await panel.open(steered.url);
  await steered.pass(4);
  await steered.dingtalk.breakDown('/app/registration/poll', { http: 503 });

  await steered.pass(1 + 119);
  await panel.says('DingTalk is slow. Still trying…');
  await expect(panel.code).toBeVisible();
  await steered.dingtalk.recover();
  await steered.dingtalk.approve((await steered.dingtalk.newest()).user_code);
  await steered.pass(20);

  await panel.says('Your bot is ready');
});

test('errors for 121 seconds end the flow with what went wrong', async ({ steered, panel }) => {
  await panel.open(steered.url);
  await steered.pass(4);
  await steered.dingtalk.breakDown('/app/registration/poll', { http: 503 });

  await steered.pass(1 + 121);

  await panel.says('That did not work');
  await expect(panel.page.getByText('DingTalk cannot be reached at the moment.')).toBeVisible();
  await expect(panel.button('Enter by hand')).toBeVisible();
});

test('a code expires when it was shown for ten minutes', async ({ steered, panel }) => {
  await panel.open(steered.url);

  await steered.pass(600);

  await panel.says('This code has expired');
  await expect(panel.button('Get a new code')).toBeFocused();
});

test('an approval may wait for the administrator for an hour', async ({ steered, panel }) => {
  await panel.open(steered.url);
  const { user_code } = await steered.dingtalk.newest();
  await steered.dingtalk.approve(user_code, { admin_approval: true });
  await steered.pass(15);
  await panel.says('Waiting for an administrator');

  await steered.pass(3600);
  await panel.says('Waiting for an administrator');
  await steered.dingtalk.adminApprove(user_code);
  await steered.pass(5);

  await panel.says('Your bot is ready');
});
