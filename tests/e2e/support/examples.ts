import type { CDPSession, Page } from '@playwright/test';

/** The example projects that a bundler builds; their folders and how they call themselves. */
export const examples = [
  { example: 'react', name: 'React' },
  { example: 'vue', name: 'Vue' },
  { example: 'svelte', name: 'Svelte' },
] as const;

/** What a page holds when it is idle. */
export interface Held {
  /** In bytes. */
  heap: number;
  nodes: number;
  /** All that the browser knows of, and those of the window and the document. */
  listeners: number;
  ofWindow: number;
  ofDocument: number;
  timers: number;
  /** Requests to the API that have no answer yet. */
  requests: number;
}

/** Counts what a page holds. */
export class Ledger {
  private readonly open = new Set<object>();

  private constructor(
    private readonly page: Page,
    private readonly devtools: CDPSession,
  ) {
    page.on('request', (request) => request.url().includes('/api/v1/') && this.open.add(request));
    for (const event of ['requestfinished', 'requestfailed'] as const) page.on(event as 'requestfinished', (request) => this.open.delete(request));
  }

  /** Begins before the page is opened. */
  static async of(page: Page): Promise<Ledger> {
    const devtools = await page.context().newCDPSession(page);
    for (const domain of ['HeapProfiler', 'Performance', 'Runtime'] as const) await devtools.send(`${domain}.enable`);
    await page.addInitScript(countTimers);
    return new Ledger(page, devtools);
  }

  /** Waits until nothing goes on, collects garbage and counts. */
  async read(): Promise<Held> {
    await this.page.waitForTimeout(1500);
    // What the tests and the browser have noted of the page is not its own.
    await this.page.evaluate(() => {
      (window as unknown as { heard: unknown[] }).heard.length = 0;
      performance.clearResourceTimings();
    });
    // What one collection frees lets the next free more.
    for (let round = 0; round < 3; round++) await this.devtools.send('HeapProfiler.collectGarbage');
    const { usedSize: heap } = await this.devtools.send('Runtime.getHeapUsage');
    const { metrics } = await this.devtools.send('Performance.getMetrics');
    const metric = (wanted: string) => metrics.find(({ name }) => name === wanted)!.value;
    return {
      heap,
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      ofWindow: await this.listenersOf('window'),
      ofDocument: await this.listenersOf('document'),
      timers: await this.page.evaluate(() => (window as unknown as { timers: Set<number> }).timers.size),
      requests: this.open.size,
    };
  }

  private async listenersOf(expression: string): Promise<number> {
    const { result } = await this.devtools.send('Runtime.evaluate', { expression });
    const { listeners } = await this.devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId! });
    await this.devtools.send('Runtime.releaseObject', { objectId: result.objectId! });
    return listeners.length;
  }
}

/** In the page: knows which timers have neither fired nor been cleared. */
function countTimers(): void {
  const timers = new Set<number>();
  Object.assign(window, { timers });
  const { setTimeout, setInterval, clearTimeout, clearInterval } = window;
  const clear = (original: (id?: number) => void) => (id?: number) => {
    timers.delete(id!);
    original(id);
  };
  Object.assign(window, {
    setTimeout: (action: (...values: unknown[]) => void, wait?: number, ...values: unknown[]) => {
      const id = setTimeout(() => {
        timers.delete(id);
        action(...values);
      }, wait);
      timers.add(id);
      return id;
    },
    setInterval: (action: () => void, wait?: number, ...values: unknown[]) => {
      const id = setInterval(action, wait, ...values);
      timers.add(id);
      return id;
    },
    clearTimeout: clear(clearTimeout),
    clearInterval: clear(clearInterval),
  });
}
