import { type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page, expect } from '@playwright/test';
import { Authorize } from './authorize.js';

const userAgent =
  'Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

/** A browser of the size and the name of a phone's. */
export const onPhone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  userAgent,
};

/** The browser inside of the DingTalk app. */
export const inDingTalk: BrowserContextOptions = { ...onPhone, userAgent: `${userAgent} AliApp(DingTalk/8.1.0)` };

/** A phone that scans a code, as far as its owner sees the backend's pages on it. */
export class Phone {
  readonly dingtalk: Authorize;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.dingtalk = new Authorize(page);
  }

  static async of(browser: Browser, options: BrowserContextOptions = {}): Promise<Phone> {
    const context = await browser.newContext({ locale: 'en-GB', ...onPhone, ...options });
    return new Phone(context, await context.newPage());
  }

  async scan(link: string): Promise<void> {
    await this.page.goto(link);
  }

  /** Waits for one of the backend's pages, by its name there. */
  async shows(name: 'ask' | 'confirm' | 'denied' | 'done' | 'over' | 'trouble' | 'wrong-number'): Promise<void> {
    await expect(this.page.locator('main')).toHaveAttribute('data-page', name);
  }

  deed(value: 'continue' | 'deny'): Locator {
    return this.page.locator(`button[name=do][value=${value}]`);
  }

  get numbers(): Locator {
    return this.page.locator('button[name=number]');
  }

  number(value: number): Locator {
    return this.page.locator(`button[name=number][value="${value}"]`);
  }

  /** Scans the code and signs in at DingTalk, up to the question for the number. */
  async signIn(link: string, userid: string): Promise<void> {
    await this.scan(link);
    await this.shows('ask');
    await this.deed('continue').click();
    await this.dingtalk.approve(userid);
    await this.shows('confirm');
  }
}
