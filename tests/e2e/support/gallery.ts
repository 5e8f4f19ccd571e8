import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Locator, type Page, test as base, expect } from '@playwright/test';
import { root } from './program.js';

/** The gallery that Trunk built: the page at `/gallery` with the feature `gallery`. */
const folder = join(root, 'target/gallery');

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** What `?…` of the gallery may say. */
export interface Look {
  lang?: 'en' | 'ja' | 'ru' | 'zh-CN' | 'zh-TW';
  theme?: Theme;
  /** Of a panel, in pixels. */
  width?: number;
  dir?: 'ltr' | 'rtl';
  /** Slugs of states; `login-` stands for each that begins so. */
  only?: readonly string[];
  /** The size of the page's text in percent. */
  text?: number;
  motion?: boolean;
}

export type Theme = 'dark' | 'light';
export const themes: readonly Theme[] = ['light', 'dark'];

/** Every state of the panel, standing still. */
export class Gallery {
  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {}

  /** Shows what `look` says, and waits until all of it is there. */
  async show(look: Look = {}): Promise<void> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(look)) query.set(name, value === true ? '1' : String(value));
    await this.page.goto(`${this.origin}/gallery?${query}`);
    await expect(this.page.locator('.gallery')).toBeVisible();
    await expect(this.page.locator('[data-state^=registration-by-hand] .dtqr-status:visible')).toHaveCount(0);
    await expect(this.page.locator('[data-state=registration-by-hand-empty]:not(:has(.dtqr-error:not(:empty)))')).toHaveCount(0);
    await this.page.evaluate(async () => {
      await document.fonts.ready;
      // An expired code takes the focus where nobody else has it.
      (document.activeElement as HTMLElement | null)?.blur();
      await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
    });
  }

  /** The slugs of what is shown. */
  async states(): Promise<string[]> {
    return this.page.locator('[data-state^=registration-], [data-state^=login-]').evaluateAll((figures) =>
      figures.map((figure) => (figure as HTMLElement).dataset['state']!),
    );
  }

  panel(state: string): Locator {
    return this.page.locator(`[data-state=${state}] .dtqr`);
  }
}

interface OfWorker {
  galleryOrigin: string;
}

interface OfTest {
  gallery: Gallery;
}

export const test = base.extend<OfTest, OfWorker>({
  galleryOrigin: [
    async ({}, use) => {
      const server = await serve();
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
  gallery: async ({ page, galleryOrigin }, use) => {
    await page.route('https://avatars.example/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: face }));
    await use(new Gallery(page, galleryOrigin));
  },
});

export { expect };

const face =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="64" height="64"><path fill="#b8c4d6" d="M0 0h8v8H0z"/><circle cx="4" cy="3" r="1.5" fill="#fff"/><path fill="#fff" d="M1 8a3 3 0 0 1 6 0z"/></svg>';

async function serve(): Promise<Server> {
  const files = new Set(await readdir(folder, { recursive: true }).catch(() => []));
  if (!files.has('index.html')) throw new Error(`${folder} is missing: \`make test-e2e\` builds it`);
  const policy = policyOf(await readFile(join(folder, 'index.html'), 'utf8'));
  const server = createServer(async (request, response) => {
    const asked = new URL(request.url!, 'http://gallery').pathname.slice(1);
    const name = files.has(asked) ? asked : 'index.html';
    const headers = { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'content-security-policy': policy };
    response.writeHead(200, name.endsWith('.html') ? headers : { 'content-type': headers['content-type'] });
    response.end(await readFile(join(folder, name)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** The rules that the backend gives its own page. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]* src=)[^>]*>([^]*?)<\/script>/g)];
  const hashes = inline.map(([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${hashes.join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data: https:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
