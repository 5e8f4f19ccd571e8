import { World, expect, test } from './support/world.js';

test('no secret is in the page or its storage or its addresses or its traffic', async ({ world, panel, context }) => {
  const traffic: string[] = [];
  context.on('request', (request) => traffic.push(request.url(), request.postData() ?? ''));
  context.on('response', async (response) => {
    traffic.push(JSON.stringify(response.headers()), await response.text().catch(() => ''));
  });
  await panel.open(world.url);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code, { admin_approval: true });
  await panel.says('Waiting for an administrator');
  await world.dingtalk.adminApprove((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');

  const page = await panel.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...sessionStorage, ...localStorage }));
  const seen = [page, panel.page.url(), ...traffic].join('\n');
  const secrets = [/DINGTALK_CLIENT_SECRET=(.*)/.exec(await world.envFile())![1]];
  for (const { body } of await world.dingtalk.calls()) {
    const sent = JSON.parse(body || '{}') as Record<string, string>;
    secrets.push(...['nonce', 'device_code', 'appSecret'].flatMap((name) => sent[name] ?? []));
  }
  expect(secrets.length).toBeGreaterThan(4);
  for (const secret of secrets) expect(seen).not.toContain(secret);
  const log = world.backend.log();
  for (const secret of secrets) expect(log).not.toContain(secret);
});

test('the page keeps to its own content security policy', async ({ world, panel }) => {
  const complaints: string[] = [];
  panel.page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  panel.page.on('pageerror', (error) => complaints.push(String(error)));

  await panel.open(world.url);
  await panel.button('Enter by hand').click();
  await panel.button('Back to the QR code').click();
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');

  expect(complaints).toEqual([]);
});

test('a stranger is told that operators only may begin and the setup link makes one', async ({ panel }) => {
  // Not a simulator to the backend: the real DingTalk's place is taken, but nothing is opened to local pages.
  const world = await World.start({ DINGTALK_SIMULATOR_URL: '', DINGTALK_REGISTRATION_BASE_URL: 'http://127.0.0.1:1' });
  try {
    const setup = /#setup=\S+/.exec(world.backend.greeting)![0];

    await panel.page.goto(world.url);
    await panel.says('Operators only');
    await panel.page.goto('about:blank');
    await panel.page.goto(world.url + setup);
    await panel.says('That did not work');
    expect(panel.page.url()).toBe(world.url);
    await expect(panel.page.getByText('DingTalk cannot be reached at the moment.')).toBeVisible();

    await panel.page.goto('about:blank');
    await panel.page.goto(world.url + setup);
    await expect(panel.page.getByRole('alert').filter({ hasText: 'This setup link has been used' })).toBeVisible();
  } finally {
    await world.stop();
  }
});
