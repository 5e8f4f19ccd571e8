import { Authorize } from './support/authorize.js';
import { Program, freePort } from './support/program.js';
import { type World, expect, test } from './support/world.js';

test('an application that nests the backend knows who has signed in', async ({ login, page, context }) => {
  const host = await startHost(login);
  try {
    const orders = await context.request.get(`${host.url}/orders`);
    expect(orders.status()).toBe(401);
    expect(orders.headers()['content-type']).toBe('application/problem+json');
    expect(await orders.json()).toMatchObject({ status: 401, code: 'not_signed_in' });

    await page.goto(`${host.url}/hello`);
    await new Authorize(page).approve('zhangwei');

    await expect(page).toHaveURL(`${host.url}/hello`);
    await expect(page.locator('body')).toHaveText('Hello, 张伟');
    const session = await context.request.get(`${host.url}/api/v1/session`);
    const { identity } = (await session.json()) as { identity: { user_id: string } };
    await page.goto(`${host.url}/orders`);
    await expect(page.locator('body')).toHaveText(`no orders of ${identity.user_id}`);

    await context.request.delete(`${host.url}/api/v1/session`);
    expect((await context.request.get(`${host.url}/orders`)).status()).toBe(401);
  } finally {
    await host.program.stop();
  }
});

async function startHost(login: World): Promise<{ program: Program; url: string }> {
  const listen = `127.0.0.1:${await freePort()}`;
  const vars = { ...login.settings(listen), DATA_DIR: 'host' };
  const program = await Program.start('dingtalk-qr-example-axum-host', [], vars, login.folder);
  return { program, url: `http://${listen}` };
}
