/** What the simulator knows of a registration. */
export interface Registration {
  device_code: string;
  user_code: string;
  status: string;
  polls: number;
  min_gap_ms: number | null;
}

/** An app that the simulator has from the start, of the organisation {@link studio}. */
export const studioApp = {
  clientId: 'dingsimexistingapp01',
  clientSecret: 'simulated-secret-of-the-existing-app-not-a-real-one-000000000001',
};

export const studio = 'dingsimstudio0001';
export const school = 'dingsimschool0001';

/** The simulator's control API. */
export class DingTalk {
  constructor(readonly url: string) {}

  async registrations(): Promise<Registration[]> {
    return (await this.control('GET', 'registrations')) as Registration[];
  }

  /** The registration that was begun last. */
  async newest(): Promise<Registration> {
    const newest = (await this.registrations()).at(-1);
    if (!newest) throw new Error('nothing was registered');
    return newest;
  }

  async approve(userCode: string, approval: object = {}): Promise<void> {
    await this.control('POST', `registrations/${userCode}/approve`, approval);
  }

  async deny(userCode: string, reason: string): Promise<void> {
    await this.control('POST', `registrations/${userCode}/deny`, { reason });
  }

  async expire(userCode: string): Promise<void> {
    await this.control('POST', `registrations/${userCode}/expire`);
  }

  async adminApprove(userCode: string): Promise<void> {
    await this.control('POST', `registrations/${userCode}/admin-approve`);
  }

  async breakDown(path: string, fault: object, times?: number): Promise<void> {
    await this.control('POST', 'faults', { path, fault, times });
  }

  async recover(): Promise<void> {
    await this.control('DELETE', 'faults');
  }

  async options(options: object): Promise<void> {
    await this.control('POST', 'options', options);
  }

  /** Says whose DingTalk app it is, and in which organisation they are. */
  async inApp(userid: string, corpId = studio): Promise<void> {
    await this.control('PUT', 'in-app', { userid, corp_id: corpId });
  }

  /** A code as from the authorize page. */
  async oauthCode(userid: string): Promise<string> {
    const wish = { client_id: studioApp.clientId, userid, scope: 'openid corpid' };
    return ((await this.control('POST', 'oauth-codes', wish)) as { code: string }).code;
  }

  async calls(): Promise<{ path: string; body: string }[]> {
    return (await this.control('GET', 'calls')) as { path: string; body: string }[];
  }

  private async control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}/_sim/${path}`, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
