import { Widget, expect } from './support/embed.js';
import { Program, freePort } from './support/program.js';
import { test } from './support/world.js';

test('an application that nests the backend shows the element on a page of its own', async ({ login, page, phone }) => {
  const listen = `127.0.0.1:${await freePort()}`;
  const host = await Program.start('dingtalk-qr-example-axum-host', [], { ...login.settings(listen), DATA_DIR: 'host' }, login.folder);
  try {
    const widget = new Widget(page);
    await page.goto(`http://${listen}/panel`);
    await widget.isReady();

    await phone.signIn(await widget.scan(), 'zhangwei');
    const number = await page.locator('.dtqr-number').innerText();
    await phone.number(Number(number)).click();

    await widget.says('Signed in');
    await page.goto(`http://${listen}/hello`);
    await expect(page.locator('body')).toHaveText('Hello, 张伟');
    // Who is signed in is greeted, and not asked again.
    await page.goto(`http://${listen}/panel`);
    await widget.says('Signed in');
  } finally {
    await host.stop();
  }
});
