import { expect, test } from './support/world.js';

test('a scan from a screenshot ends in an env file', async ({ world, panel, browser }) => {
  await world.writeEnvFile('# my bot\nPORT=80\n');
  const begun = Date.now();
  await panel.open(world.url);
  const link = await panel.scan();
  expect(link).toContain('/openapp/registration/openClaw?user_code=');

  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true });
  const phone = await context.newPage();
  await phone.goto(link);
  await phone.locator('button[value=create]').click();

  await panel.says('Approved. Creating the bot…');
  await panel.says('Your bot is ready');
  // Ten seconds for a person; a machine that is busy with other tests gets some more.
  expect(Date.now() - begun).toBeLessThan(20_000);
  await context.close();
  const env = await world.envFile();
  expect(env).toMatch(
    /^# my bot\nPORT=80\nDINGTALK_CLIENT_ID=ding\w{16}\nDINGTALK_CLIENT_SECRET=[\w-]{64}\nDINGTALK_ALLOW_ALL_USERS=true\n$/,
  );
  expect(await world.envFileMode()).toBe(0o600);
  const [, clientId] = /DINGTALK_CLIENT_ID=(.*)/.exec(env)!;
  const [, secret] = /DINGTALK_CLIENT_SECRET=(.*)/.exec(env)!;
  await expect(panel.page.getByText(clientId).first()).toBeVisible();
  await expect(panel.page.getByText(`${secret.slice(0, 4)}••••`)).toBeVisible();
  expect(await panel.page.content()).not.toContain(secret);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1280]) {
    for (const deviceScaleFactor of [1, 2]) {
      test(`the code is readable in ${colorScheme} at ${width} px and scale ${deviceScaleFactor}`, async ({ world, browser }) => {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, deviceScaleFactor });
        const page = await context.newPage();
        const { Panel } = await import('./support/panel.js');
        const panel = new Panel(page);

        await panel.open(world.url);

        expect(await panel.scan()).toContain((await world.dingtalk.newest()).user_code);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await context.close();
      });
    }
  }
}

test('a refusal is told with its reason as text and can be tried again', async ({ world, panel }) => {
  await panel.open(world.url);
  const { user_code } = await world.dingtalk.newest();

  await world.dingtalk.deny(user_code, '<img src=x onerror="window.hacked=1">');

  await panel.says('Declined');
  await expect(panel.page.getByText('<img src=x onerror="window.hacked=1">')).toBeVisible();
  expect(await panel.page.evaluate(() => 'hacked' in window)).toBe(false);
  await expect(panel.button('Enter by hand')).toBeVisible();
  await panel.button('Try again').or(panel.button('Start again')).or(panel.button('Get a new code')).click();
  await panel.says('Waiting for your scan');
  expect((await world.dingtalk.newest()).user_code).not.toBe(user_code);
});

test('an expired code is covered by a button for a new one', async ({ world, panel }) => {
  await panel.open(world.url);
  const { user_code } = await world.dingtalk.newest();

  await world.dingtalk.expire(user_code);

  await panel.says('This code has expired');
  await expect(panel.button('Enter by hand')).toBeVisible();
  await panel.button('Get a new code').click();
  await panel.says('Waiting for your scan');
  expect((await world.dingtalk.newest()).user_code).not.toBe(user_code);
});

test('under approval the credentials are kept and success follows', async ({ world, panel }) => {
  await panel.open(world.url);
  const { user_code } = await world.dingtalk.newest();

  await world.dingtalk.approve(user_code, { admin_approval: true });
  await panel.says('Waiting for an administrator');
  await expect.poll(() => world.envFile()).toContain('DINGTALK_CLIENT_SECRET=');
  await expect(panel.button('Copy text for the administrator')).toBeVisible();

  await world.dingtalk.adminApprove(user_code);
  await panel.says('Your bot is ready');
});

test('the administrator of the phone page approves as well', async ({ world, panel, browser }) => {
  await panel.open(world.url);
  const phone = await (await browser.newContext()).newPage();
  await phone.goto(await panel.scan());
  await phone.locator('input[name=organisation][value=clinic]').check({ force: true });
  await phone.locator('button[value=create]').click();
  await panel.says('Waiting for an administrator');

  await phone.goto(`${world.dingtalk.url}/openapp/registration/admin`);
  await phone.locator('button[value=approve]').first().click();

  await panel.says('Your bot is ready');
});

test('a secret that is handed out only once is enough', async ({ world, panel }) => {
  await world.dingtalk.options({ secret_once: true });
  await panel.open(world.url);

  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);

  await panel.says('Your bot is ready');
  expect(await world.envFile()).toContain('DINGTALK_CLIENT_SECRET=');
});

test('two pages on one flow see the same', async ({ world, panel, context }) => {
  await panel.open(world.url);
  const second = await context.newPage();
  const { Panel } = await import('./support/panel.js');
  const other = new Panel(second);
  const kept = await panel.page.evaluate(() => Object.entries(sessionStorage));
  await second.addInitScript((entries) => entries.forEach(([key, value]) => sessionStorage.setItem(key, value)), kept);
  await other.open(world.url);
  expect(await world.dingtalk.registrations()).toHaveLength(1);

  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);

  // Only one of two tabs is in front; both are told.
  await other.says('Your bot is ready');
  await panel.page.bringToFront();
  await panel.says('Your bot is ready');
});

test('a reload goes on with the same code', async ({ world, panel }) => {
  await panel.open(world.url);
  const link = await panel.scan();

  await panel.page.reload();
  await panel.says('Waiting for your scan');

  expect(await panel.scan()).toBe(link);
  expect(await world.dingtalk.registrations()).toHaveLength(1);
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await panel.says('Your bot is ready');
});

test('offline is told and goes on when the network is back', async ({ world, panel, context }) => {
  await panel.open(world.url);

  await context.setOffline(true);
  await panel.says('Offline. Goes on when you are back.');
  await expect(panel.code).toBeVisible();
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await context.setOffline(false);

  await panel.says('Your bot is ready');
});

test('a hidden tab asks nothing and catches up when it is seen', async ({ world, panel }) => {
  await panel.open(world.url);
  const asked: string[] = [];
  panel.page.on('request', (request) => asked.push(request.url()));

  await setVisibility(panel, 'hidden');
  await panel.says('Paused while this tab is hidden');
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);
  await expect.poll(() => world.envFile()).toContain('DINGTALK_CLIENT_ID=');
  expect(asked.filter((url) => url.includes('/flows/'))).toEqual([]);
  await setVisibility(panel, 'visible');

  await panel.says('Your bot is ready');
});

test('cancelling reaches the backend', async ({ world, panel }) => {
  await panel.open(world.url);
  const deleted = panel.page.waitForResponse((response) => response.request().method() === 'DELETE');

  await panel.button('Cancel').click();

  expect((await deleted).status()).toBe(204);
  await panel.says('Cancelled');
  await expect(panel.button('Start again').or(panel.button('Get a new code'))).toBeVisible();
  expect(await panel.page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('leaving the page gives the flow up', async ({ world, panel }) => {
  await panel.open(world.url);

  await panel.page.goto('about:blank');

  await expect.poll(() => world.backend.log(), { timeout: 20_000 }).toContain('"flow.status":"cancelled"');
});

test('a backend that is killed and started again goes on with the page', async ({ world, panel }) => {
  await panel.open(world.url);
  await world.backend.stop('SIGKILL');
  await panel.says('Connection lost. Reconnecting…');
  await expect(panel.code).toBeVisible();
  await world.dingtalk.approve((await world.dingtalk.newest()).user_code);

  await world.startBackend();

  await panel.says('Your bot is ready');
  expect((await world.envFile()).match(/DINGTALK_CLIENT_SECRET=/g)).toHaveLength(1);
});

test('entering by hand is offered beside the code and takes the same way', async ({ world, panel }) => {
  await panel.open(world.url);

  await panel.button('Enter by hand').click();
  await panel.button('Save').click();
  await expect(panel.page.getByText('Please fill this in.').first()).toBeVisible();
  await panel.page.getByLabel('Client ID').fill('dingsimexistingapp01');
  await panel.page.getByLabel('Client secret').fill('simulated-secret-of-the-existing-app-not-a-real-one-000000000001');
  await panel.button('Save').click();

  await panel.says('Your bot is ready');
  expect(await world.envFile()).toContain('DINGTALK_CLIENT_ID=dingsimexistingapp01\n');
  expect(await panel.page.content()).not.toContain('simulated-secret-of');
});

test('a failure at the start offers another try and the way by hand', async ({ world, panel }) => {
  await world.dingtalk.breakDown('/app/registration/init', { http: 502 }, 1);

  await panel.page.goto(world.url);
  await panel.says('That did not work');
  await expect(panel.page.getByText('DingTalk cannot be reached at the moment.')).toBeVisible();
  await expect(panel.button('Enter by hand')).toBeVisible();
  await panel.button('Try again').click();

  await panel.says('Waiting for your scan');
});

test('Chinese is spoken to who prefers it', async ({ world, browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(world.url);

  await expect(page.locator('.dtqr-status')).toContainText('扫');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await context.close();
});

async function setVisibility(panel: import('./support/panel.js').Panel, state: 'hidden' | 'visible'): Promise<void> {
  await panel.page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    Object.defineProperty(document, 'hidden', { value: value === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);
}
