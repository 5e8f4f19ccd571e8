import type { Page } from '@playwright/test';
import { Widget, expect, registration, test } from './support/embed.js';

/** In the page: notes where the square is, at every frame. */
function noteSquare(): void {
  const boxes = new Set<string>();
  Object.assign(window, { boxes });
  const look = () => {
    const stage = document.querySelector('dingtalk-qr')?.shadowRoot?.querySelector('.dtqr-stage');
    const { x, y, width, height } = stage?.getBoundingClientRect() ?? { x: 0, y: 0, width: 0, height: 0 };
    if (width) boxes.add([x, y, width, height].join());
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const boxes = (page: Page) => page.evaluate(() => [...(window as unknown as { boxes: Set<string> }).boxes]);

/** Leaves out that DingTalk is simulated: a line below the panel says so, which real people do not see. */
async function hideSimulation(page: Page): Promise<void> {
  await page.route(/\/api\/v1\/(registrations|logins)$/, async (route) => {
    const response = await route.fetch();
    const { simulated, ...flow } = (await response.json()) as Record<string, unknown>;
    expect(simulated).toBe(true);
    await route.fulfill({ response, json: flow });
  });
}

for (const mode of ['registration', 'login']) {
  test(`a ${mode} begins once, and its square stays where it is`, async ({ estate, page, witness, widget }) => {
    const site = await estate.site();
    await page.addInitScript(noteSquare);
    await hideSimulation(page);
    const element = registration(estate.backend, `mode="${mode}"`);
    await site.write('early.css', `dingtalk-qr:not(:defined) { display: block; min-block-size: ${mode === 'login' ? 596 : 656}px }`);

    // What comes below would be seen to move.
    await page.goto(await site.page(`${element}</dingtalk-qr><p>Below</p>`, '<link rel="stylesheet" href="/early.css"><script type="module" src="/page.js"></script>'));
    await widget.isReady();
    await page.waitForTimeout(300);

    expect(await boxes(page)).toHaveLength(1);
    expect(witness.count(mode === 'login' ? 'POST /logins' : 'POST /registrations')).toBe(1);
    expect(await witness.shifts()).toEqual({ value: 0, outside: [] });
  });
}

test('nothing on the page moves from the first paint until the bot is there', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await hideSimulation(page);
  await site.write('early.css', 'dingtalk-qr:not(:defined) { display: block; min-block-size: 656px }');

  await page.goto(await site.page(`${registration(estate.backend)}</dingtalk-qr><p>Below</p>`, '<link rel="stylesheet" href="/early.css"><script type="module" src="/page.js"></script>'));
  await widget.isReady();
  await estate.world.dingtalk.approve(await widget.userCode(), { step_s: 2 });
  await widget.says('Approved. Creating the bot…');
  await widget.says('Your bot is ready');
  await page.waitForTimeout(300);

  expect(await witness.shifts()).toEqual({ value: 0, outside: [] });
});

test('nothing moves either when words and panel are late', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await page.addInitScript(noteSquare);
  await hideSimulation(page);
  const late = (pattern: string, after: number) =>
    page.route(pattern, async (route) => {
      await new Promise((done) => setTimeout(done, after));
      await route.continue();
    });
  await late('**/texts/*.js', 600);
  await late('**/*.wasm', 1200);

  await page.goto(await site.page(registration(estate.backend)));
  await page.waitForFunction(() => !!document.querySelector('dingtalk-qr')?.shadowRoot?.querySelector('.dtqr-code'));
  expect(await widget.scan()).toContain('user_code=');
  await expect(widget.button('Cancel')).toBeVisible();
  await widget.isReady();
  await page.waitForTimeout(300);

  expect(await boxes(page)).toHaveLength(1);
  expect(await witness.shifts()).toEqual({ value: 0, outside: [] });
});

test('a reload goes on with the same code and asks for no other', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await page.goto(await site.page(registration(estate.backend)));
  await widget.isReady();
  const link = await widget.scan();

  await page.reload();
  await widget.isReady();

  expect(await widget.scan()).toBe(link);
  expect(witness.count('POST /registrations')).toBe(1);
  await estate.world.dingtalk.approve(await widget.userCode());
  await widget.says('Your bot is ready');
});

test('two elements for the same app have two flows, and both go on after a reload', async ({ estate, page, witness }) => {
  const site = await estate.site();
  const one = registration(estate.backend);
  await page.goto(await site.page(`${one}</dingtalk-qr>${one.replace('id="r"', 'id="s"')}</dingtalk-qr>`));
  const [first, second] = [new Widget(page, '#r'), new Widget(page, '#s')];
  await first.isReady();
  await second.isReady();
  const links = [await first.scan(), await second.scan()];
  expect(links[0]).not.toBe(links[1]);

  await page.reload();
  await first.isReady();
  await second.isReady();

  expect([await first.scan(), await second.scan()]).toEqual(links);
  expect(witness.count('POST /registrations')).toBe(2);
  await estate.world.dingtalk.approve(await second.userCode());
  await second.says('Your bot is ready');
  await first.says('Waiting for your scan');
});

test('an element that is moved keeps its flow, one that is removed gives it up and is silent', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await page.goto(await site.page(`${registration(estate.backend)}</dingtalk-qr><aside></aside>`));
  await widget.isReady();
  const link = await widget.scan();

  await page.evaluate(() => document.querySelector('aside')!.append(document.querySelector('dingtalk-qr')!));
  await page.waitForTimeout(500);
  expect(await widget.scan()).toBe(link);
  expect([witness.count('POST /registrations'), witness.count('DELETE /flows')]).toEqual([1, 0]);

  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
  const element = await page.evaluateHandle(() => {
    const element = document.querySelector('dingtalk-qr')!;
    element.remove();
    return element;
  });
  expect((await deleted).status()).toBe(204);
  const asked = witness.calls.length;
  await page.waitForTimeout(3000);
  expect(witness.calls.slice(asked)).toEqual([]);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);

  await element.evaluate((element) => document.body.append(element));
  await widget.isReady();
  expect(await widget.scan()).not.toBe(link);
  expect([witness.count('POST /registrations'), witness.count('DELETE /flows')]).toEqual([2, 1]);
});

test('an element that goes before its code has come leaves no flow behind', async ({ estate, page, witness }) => {
  const site = await estate.site();
  await page.goto(await site.page('<p>Nothing yet</p>'));
  await page.waitForFunction(() => customElements.get('dingtalk-qr'));
  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await page.route('**/registrations', async (route) => {
    const response = await route.fetch();
    await page.evaluate(() => document.querySelector('dingtalk-qr')!.remove());
    await route.fulfill({ response });
  });

  await page.evaluate((backend) => {
    const element = Object.assign(document.createElement('dingtalk-qr'), { backend, tokenUrl: '/embed-token' });
    document.body.append(element);
  }, estate.backend);

  expect((await deleted).status()).toBe(204);
  await page.waitForTimeout(1000);
  expect([witness.count('POST /registrations'), witness.count('DELETE /flows'), witness.count('GET /flows')]).toEqual([1, 1, 0]);
});

test('the square of a second element stays where it is, too', async ({ estate, page, widget }) => {
  const site = await estate.site();
  await page.goto(await site.page(registration(estate.backend)));
  await widget.isReady();

  await page.evaluate(() => document.querySelector('dingtalk-qr')!.remove());
  await page.evaluate(noteSquare);
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), registration(estate.backend));
  await widget.isReady();

  expect(await boxes(page)).toHaveLength(1);
});

test('changes of one tick begin anew once, and the last one counts', async ({ estate, page, witness, widget }) => {
  const site = await estate.site();
  await page.goto(await site.page(registration(estate.backend)));
  await widget.isReady();
  const bodies: (string | null)[] = [];
  page.on('request', (request) => request.method() === 'POST' && bodies.push(request.postData()));

  await page.evaluate(() => {
    const element = document.querySelector('dingtalk-qr')!;
    for (const app of ['one', 'two', 'three']) element.setAttribute('app', app);
    element.setAttribute('method', 'qr');
  });
  await expect.poll(() => witness.count('POST /registrations')).toBe(2);
  await widget.isReady();
  await page.waitForTimeout(500);

  expect(bodies.map((body) => (JSON.parse(body!) as { app_name: string }).app_name)).toEqual(['three']);
  expect([witness.count('POST /registrations'), witness.count('DELETE /flows')]).toEqual([2, 1]);
});
