import type { BrowserContext, Page, Request } from '@playwright/test';
import { Authorize } from './support/authorize.js';
import { studio } from './support/dingtalk.js';
import { Panel } from './support/panel.js';
import { Phone, inDingTalk } from './support/phone.js';
import { type World, expect, test } from './support/world.js';

/** A door, and how a person comes in by it. */
interface Door {
  name: string;
  query: string;
  /** The kinds of secrets that come by, beside cookies: on the backend's own page, and on the shop's. */
  secrets: Record<'own' | 'shop', string[]>;
  signIn: (login: World, panel: Panel, phone: Phone) => Promise<void>;
}

const doors: Door[] = [
  {
    name: 'the QR code',
    query: '?method=qr',
    secrets: { own: ['code', 'poll_token', 'state', 'ticket'], shop: ['code', 'poll_token', 'state', 'ticket'] },
    signIn: async (_, panel, phone) => {
      await panel.says('Waiting for your scan');
      await phone.signIn(await panel.scan(), 'zhangwei');
      await phone.number(await panel.number()).click();
      await phone.shows('done');
    },
  },
  {
    name: 'the redirect',
    query: '?method=redirect',
    secrets: { own: ['code', 'state'], shop: ['code', 'poll_token', 'proof', 'state', 'ticket'] },
    signIn: async (_, panel) => {
      await panel.goOn.click();
      await new Authorize(panel.page).approve('zhangwei');
    },
  },
  {
    name: 'the frame',
    query: '?method=frame',
    secrets: { own: ['code', 'poll_token', 'state', 'ticket'], shop: ['code', 'poll_token', 'state', 'ticket'] },
    signIn: async (_, panel) => new Authorize(panel.frame.frameLocator('iframe')).approve('zhangwei'),
  },
  {
    name: 'the workspace',
    query: `?corpid=${studio}`,
    secrets: { own: ['code', 'poll_token', 'ticket'], shop: ['code', 'poll_token', 'ticket'] },
    signIn: async () => {},
  },
];

for (const { name, query, secrets, signIn } of doors) {
  for (const place of ['own', 'shop'] as const) {
    test(`no secret of ${name} is in an address, a storage, a script's reach or the log (${place})`, async ({ login, browser, phone }) => {
      const site = await login.site(place);
      await login.dingtalk.inApp('zhangwei');
      const options = query.includes('corpid') ? inDingTalk : {};
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const panel = new Panel(await context.newPage());
      const seen = watch([context, phone.context], [new URL(login.url).origin, site.origin]);
      const complaints = complaintsOf(context, phone.context);

      await panel.page.goto(site.login + query);
      await signIn(login, panel, phone);
      await panel.greets('张伟');
      await expect.poll(() => site.who(context)).toBe('张伟');

      const cookies = [...(await context.cookies()), ...(await phone.context.cookies())];
      const ours = cookies.filter((cookie) => cookie.name !== 'dingsim_person');
      expect(ours.every((cookie) => cookie.httpOnly && cookie.sameSite === 'Lax')).toBe(true);
      expect([...new Set(seen.secrets.values())].sort()).toEqual(secrets[place]);
      for (const cookie of ours) seen.secrets.set(cookie.value, 'cookie');
      for (const address of seen.addresses) expectNoneIn(address, seen.secrets);
      expectNoneIn(login.backend.log(), seen.secrets);
      const pages = [panel.page, phone.page].filter((page) => page.url() !== 'about:blank');
      for (const page of pages) expectNoneIn(await reachable(page), seen.secrets);
      expect(complaints).toEqual([]);
      await context.close();
    });
  }
}

test('a live login keeps its poll token in the tab and nothing else', async ({ login, panel, phone, context }) => {
  const site = await login.site('shop');
  const seen = watch([context], [new URL(login.url).origin, site.origin]);
  await panel.open(`${site.login}?method=qr`);
  await phone.signIn(await panel.scan(), 'zhangwei');
  const number = await panel.number();

  const kept = await panel.page.evaluate(() => ({ tab: { ...sessionStorage }, site: { ...localStorage } }));
  expect(kept.site).toEqual({});
  expect(Object.keys(kept.tab)).toEqual([`dingtalk-qr-login:qr:${new URL(login.url).origin}::`]);
  const [token] = [...seen.secrets].find(([, kind]) => kind === 'poll_token')!;
  expect(JSON.stringify(kept.tab)).toContain(token);
  expect(await panel.page.evaluate(() => document.cookie)).toBe('');
  expect(await phone.page.evaluate(() => document.cookie + JSON.stringify({ ...sessionStorage, ...localStorage }))).toBe('{}');

  await phone.number(number).click();
  await panel.greets('张伟');
  expect(await panel.page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);
});

test('the pages of the backend keep to their policies', async ({ login, panel, phone, context, page }) => {
  const complaints = complaintsOf(context, phone.context);
  const { origin, login: address } = await login.site('own');

  await panel.open(address);
  const link = await panel.scan();
  await phone.scan(link);
  await phone.shows('ask');
  await phone.page.goto(`${origin}/d/nothing`);
  await phone.shows('over');
  await phone.page.goto(`${origin}/auth/dingtalk/callback?code=x&state=y`);
  await phone.shows('trouble');
  await page.goto(`${origin}/embed/frame`);
  await expect(page.locator('main')).toHaveAttribute('data-state', 'alone');
  await page.goto(`${address}?method=frame`);
  await new Authorize(panel.frame.frameLocator('iframe')).isOpen();

  expect(complaints).toEqual([]);
});

test('a phone without a pointer gets through by the keyboard', async ({ login, panel, phone }) => {
  const site = await login.site('own');
  await panel.open(site.login);
  await phone.scan(await panel.scan());
  await phone.shows('ask');

  await pressOn(phone.page, 'Continue with DingTalk');
  await phone.dingtalk.isOpen();
  await pressOn(phone.page, /张伟/);
  await pressOn(phone.page, /^Allow/);
  await phone.shows('confirm');
  await pressOn(phone.page, String(await panel.number()));

  await phone.shows('done');
  await panel.greets('张伟');
});

test('a desktop without a pointer goes to DingTalk, back and out', async ({ login, panel }) => {
  const site = await login.site('own');
  await panel.page.goto(`${site.login}?method=redirect`);
  await panel.says('You are not signed in yet');

  await pressOn(panel.page, 'Continue with DingTalk');
  await new Authorize(panel.page).isOpen();
  await pressOn(panel.page, /张伟/);
  await pressOn(panel.page, /^Allow/);
  await panel.greets('张伟');
  await pressOn(panel.page, 'Sign out');

  await panel.says('You are not signed in yet');
});

/** What browsers asked our origins for, and the secrets that came by. */
interface Seen {
  /** Without fragments, which no browser sends; the way back from DingTalk without the two that belong there. */
  addresses: string[];
  /** By value: their kinds. */
  secrets: Map<string, string>;
}

function watch(contexts: BrowserContext[], origins: string[]): Seen {
  const seen: Seen = { addresses: [], secrets: new Map() };
  for (const context of contexts) context.on('request', (request) => note(request, origins, seen));
  return seen;
}

function note(request: Request, origins: string[], seen: Seen): void {
  const url = new URL(request.url());
  url.hash = '';
  const headers = request.headers();
  const [, pollToken] = /^Bearer (.+)/.exec(headers['authorization'] ?? '') ?? [];
  if (pollToken) seen.secrets.set(pollToken, 'poll_token');
  for (const kind of ['code', 'proof', 'state', 'ticket']) {
    const [, secret] = new RegExp(`"${kind}":"([^"]+)"`).exec(request.postData() ?? '') ?? [];
    if (secret) seen.secrets.set(secret, kind);
  }
  const isAnswer = url.pathname === '/auth/dingtalk/callback';
  for (const [name, kind] of [['authCode', 'code'], ['code', 'code'], ['state', 'state']] as const) {
    const value = url.searchParams.get(name);
    if (value) seen.secrets.set(value, kind);
    if (isAnswer) url.searchParams.delete(name);
  }
  if (origins.includes(url.origin)) seen.addresses.push(url.href, headers['referer'] ?? '');
}

function expectNoneIn(text: string, secrets: Map<string, string>): void {
  for (const secret of secrets.keys()) expect(text).not.toContain(secret);
}

/**
 * What a script of the page could read. But for the navigation's entry in `performance`, which has the address that the
 * page was opened with, proof included; a spent proof by then.
 */
async function reachable(page: Page): Promise<string> {
  return page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      document.cookie,
      location.href,
      { ...sessionStorage },
      { ...localStorage },
      history.state,
    ]),
  );
}

/**
 * What a browser complains about. But for answers that are problems, which it reports by itself, and for the sandbox that
 * a frame of the same origin can escape: it is for the other origins.
 */
function complaintsOf(...contexts: BrowserContext[]): string[] {
  const complaints: string[] = [];
  for (const context of contexts) {
    context.on('console', (message) => {
      const text = message.text();
      const isKnown = /^Failed to load resource: .* status of 4\d\d|can escape its sandboxing\.$/.test(text);
      if (['error', 'warning'].includes(message.type()) && !isKnown) complaints.push(text);
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
  }
  return complaints;
}

/** Moves the focus on until it is at the button, and presses that. */
async function pressOn(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  await expect(button).toBeVisible();
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab');
    if (await button.evaluate((element) => element === document.activeElement)) {
      return page.keyboard.press('Enter');
    }
  }
  throw new Error(`the focus never comes to ${name}`);
}
