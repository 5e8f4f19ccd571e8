import type { BrowserContext } from '@playwright/test';
import { Program, dist } from './program.js';

/** A site that people sign in to with the page that Trunk built. */
export interface Site {
  /** As browsers write it. */
  readonly origin: string;
  /** The page with the panel. */
  readonly login: string;
  /** Who is signed in with this browser, to the site itself; nobody if it has no session. */
  who(context: BrowserContext): Promise<string | null>;
}

/** The backend's own page. */
export class OwnSite implements Site {
  readonly origin: string;

  constructor(url: string) {
    this.origin = new URL(url).origin;
  }

  get login(): string {
    return `${this.origin}/login`;
  }

  async who(context: BrowserContext): Promise<string | null> {
    const answer = await context.request.get(`${this.origin}/api/v1/session`);
    if (answer.status() === 204) return null;
    return ((await answer.json()) as { identity: { name: string } }).identity.name;
  }
}

/** A site with a server of its own, on another site than the backend to every browser. */
export class Shop implements Site {
  private constructor(
    readonly origin: string,
    private readonly program: Program,
  ) {}

  static originOf(port: number): string {
    return `http://localhost:${port}`;
  }

  static async start(port: number, backend: string, apiKey: string, folder: string): Promise<Shop> {
    const origin = Shop.originOf(port);
    const vars = {
      SHOP_LISTEN: `127.0.0.1:${port}`,
      SHOP_URL: origin,
      DINGTALK_QR_URL: new URL(backend).origin,
      DINGTALK_QR_API_KEY: apiKey,
      DIST_DIR: dist,
    };
    return new Shop(origin, await Program.start('dingtalk-qr-example-shop', [], vars, folder));
  }

  get login(): string {
    return `${this.origin}/login`;
  }

  async who(context: BrowserContext): Promise<string | null> {
    const answer = await context.request.get(`${this.origin}/me`);
    if (answer.status() === 401) return null;
    return ((await answer.json()) as { name: string }).name;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}
