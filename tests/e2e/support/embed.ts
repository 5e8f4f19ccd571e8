import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Locator, type Page, test as base, expect } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { Phone } from './phone.js';
import { Program, freePort, root } from './program.js';
import { World } from './world.js';

/** What differs from one site to another. */
export interface Settings {
  /** Where its page may take scripts from. */
  scriptSrc?: string;
  /** Its files. */
  publicDir?: string;
}

/** `examples/plain`: a site with a server of its own, on another origin than the backend, under a strict policy. */
export class ForeignSite {
  private constructor(
    readonly origin: string,
    private readonly server: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(port: number, backend: string, apiKey: string, { scriptSrc, publicDir }: Settings = {}): Promise<ForeignSite> {
    const origin = `http://localhost:${port}`;
    const folder = await mkdtemp(join(tmpdir(), 'dingtalk-qr-site-'));
    const env = {
      ...process.env,
      PORT: String(port),
      ORIGIN: origin,
      BACKEND: backend,
      API_KEY: apiKey,
      PUBLIC_DIR: publicDir ?? folder,
      ...(scriptSrc && { SCRIPT_SRC: scriptSrc }),
    };
    const server = spawn(process.execPath, [join(root, 'examples/plain/server.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((done, failed) => {
      createInterface({ input: server.stdout! }).once('line', () => done());
      server.once('exit', (code) => failed(new Error(`the site's server ended with ${code}`)));
    });
    await writeFile(join(folder, 'page.js'), script);
    return new ForeignSite(origin, server, folder);
  }

  /** Puts a page with this body on the site, and returns where it is. */
  async page(body: string, head = '<script type="module" src="/page.js"></script>'): Promise<string> {
    const name = `${crypto.randomUUID()}.html`;
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;
    await writeFile(join(this.folder, name), html);
    return `${this.origin}/${name}`;
  }

  async write(name: string, content: string): Promise<void> {
    await writeFile(join(this.folder, name), content);
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.server.once('exit', done));
    this.server.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true });
  }
}

const script = `import { define } from '/package/index.js';\nwindow.define = define;\ndefine();\n`;

/** A backend that opens to nobody without a key or a token, and sites on origins of their own that embed the element. */
export class Estate {
  private readonly sites = new Map<string, ForeignSite>();

  private constructor(
    readonly world: World,
    readonly backend: string,
    private readonly apiKey: string,
    private readonly ports: number[],
  ) {}

  static async open(vars: Record<string, string> = {}): Promise<Estate> {
    const ports = await Promise.all(Array.from({ length: 6 }, freePort));
    const own = ports.pop()!;
    const backend = `http://127.0.0.1:${own}`;
    const world = await World.forLogin({
      // Not on loopback alone: there, while DingTalk is simulated, pages of this machine need no token.
      LISTEN_ADDR: `0.0.0.0:${own}`,
      PUBLIC_URL: backend,
      ALLOWED_ORIGINS: ports.map((port) => `http://localhost:${port}`).join(),
      MAX_LIVE_FLOWS_PER_PEER: '1000',
      MAX_LIVE_LOGINS_PER_PEER: '1000',
      RUST_LOG: 'info',
      ...vars,
    });
    await world.dingtalk.options({ interval: 1, step_s: 0 });
    const apiKey = await Program.run('dingtalk-qr', ['api-key', 'create', 'site'], world.settings(''), world.folder);
    return new Estate(world, backend, apiKey, ports);
  }

  /** The site with these settings, which is opened once. */
  async site(settings: Settings = {}): Promise<ForeignSite> {
    const key = JSON.stringify(settings);
    const site = this.sites.get(key) ?? (await ForeignSite.start(this.ports.pop()!, this.backend, this.apiKey, settings));
    this.sites.set(key, site);
    return site;
  }

  async close(): Promise<void> {
    for (const site of this.sites.values()) await site.stop();
    await this.world.stop();
  }
}

/** What the browser tells of things that move. */
interface Shift extends PerformanceEntry {
  value: number;
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

/** What a page asked, said and was refused since it was opened. */
export class Witness {
  /** To the API, as `POST /registrations`; without the ids. */
  readonly calls: string[] = [];
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  private constructor(readonly page: Page) {}

  static async of(page: Page): Promise<Witness> {
    const witness = new Witness(page);
    page.on('console', (message) => {
      if (message.type() === 'error') witness.errors.push(`${message.text()} ${message.location().url}`);
      if (message.type() === 'warning') witness.warnings.push(message.text());
    });
    page.on('pageerror', (error) => witness.errors.push(String(error)));
    page.on('request', (request) => {
      const [, path] = /\/api\/v1(\/[a-z-]+)/.exec(request.url()) ?? [];
      if (path && request.method() !== 'OPTIONS') witness.calls.push(`${request.method()} ${path}`);
    });
    await page.addInitScript(() => {
      const heard: unknown[] = [];
      const shifts = { value: 0, outside: [] as string[] };
      const violations: string[] = [];
      Object.assign(window, { heard, shifts, violations });
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));
      for (const name of ['state', 'ready', 'created', 'authenticated', 'ended'])
        document.addEventListener(`dingtalk-${name}`, ({ target, detail }: Event & { detail?: { status: string } }) =>
          heard.push([(target as Element).id, name, detail!.status, detail]),
        );
      const box = ({ x, y, width, height }: DOMRect) => [x, y, width, height].join(',');
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries() as Shift[]) {
          shifts.value += value;
          // Of what is in a shadow root the page is not told the name.
          for (const { node, previousRect, currentRect } of sources) if (node) shifts.outside.push(`${node.nodeName} ${box(previousRect)} → ${box(currentRect)}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    return witness;
  }

  /** How often the page asked this. */
  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  violations(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { violations: string[] }).violations);
  }

  /** How much things moved of their own, in all, and which of them are no part of an element. */
  shifts(): Promise<{ value: number; outside: string[] }> {
    return this.page.evaluate(() => (window as unknown as { shifts: { value: number; outside: string[] } }).shifts);
  }

  /** The events that came, each as the element's id, the event's name and the status. */
  async heard(name?: string): Promise<string[]> {
    const heard = await this.page.evaluate(() => (window as unknown as { heard: [string, string, string][] }).heard);
    return heard.filter(([, event]) => !name || event === name).map(([id, event, status]) => `${id} ${event} ${status}`);
  }

  /** What the last event of this name said. */
  async detail(name: string): Promise<unknown> {
    const heard = await this.page.evaluate(() => (window as unknown as { heard: [string, string, string, unknown][] }).heard);
    return heard.filter(([, event]) => event === name).at(-1)?.[3];
  }
}

/** One element of a page, as a person finds their way in it. */
export class Widget {
  readonly host: Locator;

  constructor(
    readonly page: Page,
    readonly selector = 'dingtalk-qr',
  ) {
    this.host = page.locator(selector);
  }

  get status(): Locator {
    return this.page.locator(`${this.selector} .dtqr-status[role=status]`);
  }

  get stage(): Locator {
    return this.page.locator(`${this.selector} .dtqr-stage`);
  }

  get code(): Locator {
    return this.host.getByRole('img', { name: /scan it with DingTalk/ });
  }

  button(name: string): Locator {
    return this.host.getByRole('button', { name });
  }

  async says(text: string): Promise<void> {
    await expect(this.status).toHaveText(text, { timeout: 30_000 });
  }

  /** Waits for the code. */
  async isReady(): Promise<void> {
    await expect(this.code).toBeVisible();
    await this.says('Waiting for your scan');
  }

  /** Reads the code from the pixels of a screenshot. */
  async scan(): Promise<string> {
    const png = PNG.sync.read(await this.host.screenshot());
    const found = jsQR(new Uint8ClampedArray(png.data), png.width, png.height, { inversionAttempts: 'dontInvert' });
    if (!found) throw new Error('no QR code in the screenshot');
    return found.data;
  }

  /** What the code of a registration stands for at DingTalk. */
  async userCode(): Promise<string> {
    return new URL(await this.scan()).searchParams.get('user_code')!;
  }
}

interface OfWorker {
  estate: Estate;
}

interface OfTest {
  witness: Witness;
  widget: Widget;
  phone: Phone;
}

export const test = base.extend<OfTest, OfWorker>({
  estate: [
    async ({}, use) => {
      const estate = await Estate.open();
      await use(estate);
      await estate.close();
    },
    { scope: 'worker' },
  ],
  witness: [async ({ page }, use) => use(await Witness.of(page)), { auto: true }],
  widget: async ({ page }, use) => use(new Widget(page)),
  phone: async ({ browser }, use) => {
    const phone = await Phone.of(browser);
    await use(phone);
    await phone.context.close();
  },
});

export { expect };

/** An element that asks this site's server for its token. */
export const registration = (backend: string, more = '') =>
  `<dingtalk-qr id="r" backend="${backend}" token-url="/embed-token" ${more}>`;
