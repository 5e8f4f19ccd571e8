import { type Locator, expect } from '@playwright/test';

/** A page, or a frame in one. */
interface Place {
  locator(selector: string): Locator;
}

/** DingTalk's authorize page, wherever it is shown. */
export class Authorize {
  constructor(private readonly place: Place) {}

  person(userid: string): Locator {
    return this.place.locator(`button[name=person][value=${userid}]`);
  }

  organisation(corpId: string): Locator {
    return this.place.locator(`button[name=organisation][value=${corpId}]`);
  }

  decision(value: 'approve' | 'deny'): Locator {
    return this.place.locator(`button[name=decision][value=${value}]`);
  }

  /** Says who it is and lets the app know. */
  async approve(userid: string): Promise<void> {
    await this.person(userid).click();
    await this.decision('approve').click();
  }

  /** Says who it is and tells the app nothing. */
  async deny(userid: string): Promise<void> {
    await this.person(userid).click();
    await this.decision('deny').click();
  }

  /** Waits for the page. */
  async isOpen(): Promise<void> {
    await expect(this.person('zhangwei')).toBeVisible();
  }
}
