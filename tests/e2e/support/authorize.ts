import { type Locator, type Page, expect } from '@playwright/test';

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

/** Signs in on DingTalk's page in `page`, and returns the address that it sends the browser back to, which stays. */
export async function approveAndStay(page: Page, userid: string): Promise<string> {
  const back = new Promise<string>((done) => {
    // Not the address itself: where a redirect leads cannot be intercepted.
    void page.route('**/oauth2/auth?*', async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      const address = answer.headers()['location'];
      if (address === undefined) return route.fulfill({ response: answer });
      await route.fulfill({ body: 'stayed' });
      done(address);
    });
  });
  await new Authorize(page).approve(userid);
  return back;
}
