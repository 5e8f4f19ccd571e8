import { type Locator, type Page, expect } from '@playwright/test';
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

  async says(text: string): Promise<void> {
    await expect(this.status).toHaveText(text, { timeout: 30_000 });
  }
}
