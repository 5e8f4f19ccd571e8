import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { DingTalk } from './dingtalk.js';
import { Panel } from './panel.js';
import { Phone } from './phone.js';
import { Program, demoApps, dist, freePort } from './program.js';
import { OwnSite, Shop, type Site } from './site.js';

/** A DingTalk, a backend and a folder of their own. */
export class World {
  backend!: Program;
  private shop: Shop | undefined;

  private constructor(
    readonly folder: string,
    readonly dingtalk: DingTalk,
    private readonly simulator: Program,
    private readonly vars: Record<string, string>,
    private readonly shopPort: number,
  ) {}

  /** People may sign in here, and on a shop of another site. */
  static async forLogin(vars: Record<string, string> = {}): Promise<World> {
    const port = await freePort();
    const ALLOWED_ORIGINS = Shop.originOf(port);
    return World.start({ APPS_FILE: demoApps, LOGIN_APP: 'studio', ALLOWED_ORIGINS, ...vars }, port);
  }

  static async start(vars: Record<string, string> = {}, shopPort = 0): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'dingtalk-qr-'));
    const simulator = await Program.start('dingtalk-qr-simulator', ['--listen', '127.0.0.1:0'], {}, folder);
    const dingtalk = new DingTalk(simulator.greeting.replace('listening on ', ''));
    // Each step lasts longer than the time between two questions, so that none is missed.
    await dingtalk.options({ interval: 2, step_s: 3 });
    const world = new World(folder, dingtalk, simulator, vars, shopPort);
    await world.startBackend('127.0.0.1:0');
    return world;
  }

  /** Starts the backend, on the address it had before if there was one. */
  async startBackend(listen = new URL(this.url).host): Promise<void> {
    this.backend = await Program.start('dingtalk-qr', ['serve'], this.settings(listen), this.folder);
  }

  /** What the backend is started with. */
  settings(listen: string): Record<string, string> {
    return {
      LISTEN_ADDR: listen,
      DINGTALK_SIMULATOR_URL: this.dingtalk.url,
      DIST_DIR: dist,
      ENV_FILE: join(this.folder, 'bot.env'),
      RUST_LOG: 'debug',
      ...this.vars,
    };
  }

  /** The backend's own site, or the shop, which is opened for it. */
  async site(place: 'own' | 'shop'): Promise<Site> {
    return place === 'own' ? new OwnSite(this.url) : this.openShop();
  }

  async openShop(): Promise<Shop> {
    if (this.shop) return this.shop;
    const settings = this.settings(new URL(this.url).host);
    const key = await Program.run('dingtalk-qr', ['api-key', 'create', 'shop'], settings, this.folder);
    this.shop = await Shop.start(this.shopPort, this.url, key, this.folder);
    return this.shop;
  }

  /** Where the page is. */
  get url(): string {
    return /http:\/\/[0-9.]+:[0-9]+/.exec(this.backend.greeting)![0] + '/';
  }

  async writeEnvFile(text: string): Promise<void> {
    await writeFile(join(this.folder, 'bot.env'), text, { mode: 0o644 });
  }

  async envFile(): Promise<string> {
    return readFile(join(this.folder, 'bot.env'), 'utf8').catch(() => '');
  }

  async envFileMode(): Promise<number> {
    return (await stat(join(this.folder, 'bot.env'))).mode & 0o777;
  }

  async stop(): Promise<void> {
    await this.shop?.stop();
    await this.backend.stop();
    await this.simulator.stop();
    await rm(this.folder, { recursive: true });
  }
}

/** A backend and a DingTalk whose time the test steers. */
export class SteeredWorld {
  private constructor(
    private readonly program: Program,
    readonly url: string,
    readonly dingtalk: DingTalk,
  ) {}

  static async start(...jobs: 'login'[]): Promise<SteeredWorld> {
    const program = await Program.start('steered', [dist, ...jobs], {}, dist);
    const places = JSON.parse(program.greeting) as { page: string; dingtalk: string };
    return new SteeredWorld(program, places.page, new DingTalk(places.dingtalk));
  }

  /** Lets seconds pass at the backend and at DingTalk. */
  async pass(seconds: number): Promise<void> {
    const body = JSON.stringify({ seconds });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}_test/pass`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`pass: ${response.status}`);
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}

/** What a test may ask for; each is a new one, and ends with the test. */
interface Fixtures {
  /** Where bots are created. */
  world: World;
  /** Where people sign in. */
  login: World;
  steered: SteeredWorld;
  steeredLogin: SteeredWorld;
  panel: Panel;
  phone: Phone;
}

export const test = base.extend<Fixtures>({
  world: async ({}, use) => {
    const world = await World.start();
    await use(world);
    await world.stop();
  },
  login: async ({}, use) => {
    const world = await World.forLogin();
    await use(world);
    await world.stop();
  },
  steered: async ({}, use) => {
    const steered = await SteeredWorld.start();
    await use(steered);
    await steered.stop();
  },
  steeredLogin: async ({}, use) => {
    const steered = await SteeredWorld.start('login');
    await use(steered);
    await steered.stop();
  },
  panel: async ({ page }, use) => {
    await use(new Panel(page));
  },
  phone: async ({ browser }, use) => {
    const phone = await Phone.of(browser);
    await use(phone);
    await phone.context.close();
  },
});

export { expect };
