import { type FrameLocator, type Locator, type Page, expect } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

/** The panel, as a person finds their way in it. */
export class Panel {
  readonly status: Locator;
  readonly code: Locator;

  constructor(readonly page: Page) {
    // A second live region, unseen, says once that a minute is left.
    this.status = page.locator('.dtqr-status[role=status]');
    this.code = page.getByRole('img', { name: /scan it with DingTalk/ });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.code).toBeVisible();
    await expect(this.status).toHaveText('Waiting for your scan');
  }

  /** Takes a screenshot of the whole page and reads the code from its pixels. */
  async scan(): Promise<string> {
    const png = PNG.sync.read(await this.page.screenshot({ fullPage: true }));
    const found = jsQR(new Uint8ClampedArray(png.data), png.width, png.height, { inversionAttempts: 'dontInvert' });
    if (!found) throw new Error('no QR code in the screenshot');
    return found.data;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name });
  }

  /** The backend's page around DingTalk's own. */
  get frame(): FrameLocator {
    return this.page.frameLocator('.dtqr-frame iframe');
  }

  /** The way to DingTalk on the device itself. */
  get goOn(): Locator {
    return this.page.getByRole('button', { name: 'Continue with DingTalk', exact: true });
  }

  /** The number that the phone has to pick. */
  async number(): Promise<number> {
    await expect(this.status).toHaveText(/^Pick \d+ on your phone$/);
    const number = await this.page.locator('.dtqr-number').innerText();
    expect(await this.status.innerText()).toContain(number);
    return Number(number);
  }

  /** Waits until the panel greets this person. */
  async greets(name: string): Promise<void> {
    await this.says('Signed in');
    await expect(this.page.getByText(`You are signed in as ${name}`)).toBeVisible();
  }

  async says(text: string): Promise<void> {
    await expect(this.status).toHaveText(text, { timeout: 30_000 });
  }
}
