// How soon a code is on the screen, on a slow mobile network and with nothing in the cache: our element, the same without the head
// start of its loader, and a panel that is written by hand. See docs/performance.md.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page, expect, test } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { dist, root } from '../support/program.js';
import { World } from '../support/world.js';

/** What Lighthouse takes for a slow mobile network. */
const network = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const runs = Number(process.env.RUNS ?? 7);
/** So many times as long as the panel by hand the element may take. */
const bound = 1.2;

const element = '<dingtalk-qr></dingtalk-qr>';
const variants = {
  element: {
    about: 'the element, as its loader begins it',
    head: '<script type="module" src="/embed/dingtalk-qr.js"></script>',
    body: element,
  },
  'code-first': {
    about: 'the element, begun when all its code is there',
    head: '<link rel="modulepreload" href="/embed/dingtalk-qr.js"><script type="module" src="/code-first.js"></script>',
    body: element,
  },
  vanilla: {
    about: 'thirty lines by hand, with lean-qr/nano',
    head: '<script type="module" src="/vanilla.js"></script>',
    body: '<div id="panel"></div>',
  },
};
type Variant = keyof typeof variants;
const names = Object.keys(variants) as Variant[];

/** From the start of the navigation until the code is on the screen. */
interface Run {
  ms: number;
  /** What has come over the network by then. */
  bytes: number;
}

test('time to QR', async ({ browser }) => {
  const folder = await site();
  const world = await World.start({ DIST_DIR: folder, MAX_LIVE_FLOWS_PER_PEER: '1000', RUST_LOG: 'warn' });
  try {
    const bytes = {} as Record<Variant, number>;
    const found: Record<Variant, Run[]> = { element: [], 'code-first': [], vanilla: [] };
    for (const name of names) bytes[name] = await prove(browser, world.url, folder, name);
    // In turn, so that a slow minute of the machine is everybody's.
    for (let run = 0; run < runs; run++) for (const name of names) found[name].push(await measure(browser, world.url, folder, name));
    expect(report(found, bytes), 'the element against the panel by hand').toBeLessThanOrEqual(bound);
  } finally {
    await world.stop();
    await rm(folder, { recursive: true });
  }
});

/** What the backend serves: the element as `make embed` has built it, and the scripts of the other two pages. */
async function site(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'time-to-qr-'));
  await cp(process.env.EMBED ?? join(dist, 'embed'), join(folder, 'embed'), { recursive: true });
  const { files } = JSON.parse(await readFile(join(folder, 'embed/integrity.json'), 'utf8')) as { files: object };
  const version = Object.keys(files).find((file) => file.startsWith('v'))!.split('/')[0]!;
  const esbuild = join(root, 'frontend/package/node_modules/.bin/esbuild');
  const scripts = ['vanilla.js', 'code-first.js'].map((name) => join(import.meta.dirname, 'pages', name));
  const flags = ['--bundle', '--minify', '--format=esm', '--target=es2022', '--log-level=warning', '--external:/embed/*'];
  execFileSync(esbuild, [...scripts, ...flags, `--outdir=${folder}`]);
  const codeFirst = join(folder, 'code-first.js');
  await writeFile(codeFirst, (await readFile(codeFirst, 'utf8')).replaceAll('VERSION', version));
  execFileSync(join(root, 'scripts/precompress'), [folder]);
  return folder;
}

/** Opens the page of a variant in a new context, so that nothing of it is cached. `onScreen` hears when its code is painted. */
async function open(browser: Browser, url: string, folder: string, name: Variant, onScreen: (page: Page, ms: number) => void): Promise<{ page: Page; traffic: { bytes: number } }> {
  const { head, body } = variants[name];
  const start = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Time to QR</title><link rel="icon" href="data:,">';
  await writeFile(join(folder, 'index.html'), `${start}${head}</head><body>${body}</body></html>\n`);
  const page = await browser.newPage();
  await page.exposeBinding('onScreen', ({ page }, ms: number) => onScreen(page, ms));
  await page.addInitScript(watch);
  const traffic = { bytes: 0 };
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Network.dataReceived', ({ encodedDataLength }) => (traffic.bytes += encodedDataLength));
  devtools.on('Network.responseReceived', ({ response }) => (traffic.bytes += response.fromDiskCache ? 0 : response.encodedDataLength));
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', network);
  await page.goto(url, { waitUntil: 'commit' });
  return { page, traffic };
}

/** Looks for a code at every frame. One frame after the one that drew it, it is on the screen. */
function watch(): void {
  const isCode = (path: Element) => (path.getAttribute('d')?.length ?? 0) > 500 && path.getBoundingClientRect().width > 100;
  const look = () => {
    const place = document.querySelector('dingtalk-qr')?.shadowRoot ?? document;
    const isThere = [...place.querySelectorAll('path')].some(isCode);
    requestAnimationFrame(isThere ? () => (window as any).onScreen(performance.now()) : look);
  };
  requestAnimationFrame(look);
}

async function measure(browser: Browser, url: string, folder: string, name: Variant): Promise<Run> {
  let found!: (ms: number) => void;
  const time = new Promise<number>((done) => (found = done));
  const { page, traffic } = await open(browser, url, folder, name, (_, ms) => found(ms));
  const run = { ms: await time, bytes: traffic.bytes };
  await page.context().close();
  return run;
}

/** Proves that what counts as a code is one that a phone reads, and returns the bytes that the page loads in all. */
async function prove(browser: Browser, url: string, folder: string, name: Variant): Promise<number> {
  let found!: (picture: Promise<Buffer>) => void;
  const picture = new Promise<Buffer>((done) => (found = done));
  const { page, traffic } = await open(browser, url, folder, name, (page) => found(page.screenshot()));
  const { data, width, height } = PNG.sync.read(await picture);
  expect(jsQR(new Uint8ClampedArray(data), width, height)?.data, `the code of ${name}`).toMatch(/^https?:\/\/.+user_code=/);
  await page.waitForTimeout(5_000);
  if (process.env.WATERFALL) console.log(`\n${name}\n${await page.evaluate(waterfall)}`);
  await page.context().close();
  return traffic.bytes;
}

/** When each request was due, was sent, began to be answered, was answered, in milliseconds; and its bytes. */
function waterfall(): string {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
  const row = ({ name, startTime, requestStart, responseStart, responseEnd, encodedBodySize }: PerformanceResourceTiming) => {
    const numbers = [startTime, requestStart, responseStart, responseEnd, encodedBodySize];
    return numbers.map((number) => String(Math.round(number)).padStart(7)).join('') + '  ' + name.replace(location.origin, '');
  };
  return entries.map(row).join('\n');
}

/** Prints a table and a line of JSON for each variant; returns how many times as long the element takes as the panel by hand. */
function report(found: Record<Variant, Run[]>, bytes: Record<Variant, number>): number {
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
  const rows = names.map((variant) => {
    const times = found[variant].map(({ ms }) => Math.round(ms));
    return {
      variant,
      ms_median: median(times),
      ms_min: Math.min(...times),
      ms_max: Math.max(...times),
      bytes: bytes[variant],
      bytes_to_qr: median(found[variant].map(({ bytes }) => bytes)),
    };
  });
  const { downloadThroughput, latency } = network;
  const lines = rows.map(({ variant, ...numbers }) => Object.values(numbers).map((number) => String(number).padStart(9)).join('') + `  ${variant}: ${variants[variant].about}`);
  const [ours, , theirs] = rows.map(({ ms_median }) => ms_median) as [number, number, number];
  const ratio = ours / theirs;
  console.log(
    [
      `\ntime to QR: ${runs} loads each with an empty cache, ${(downloadThroughput * 8) / 1e6} Mbit/s, ${latency} ms`,
      '   median      min      max    bytes    to QR  variant',
      ...lines,
      ...rows.map((row) => JSON.stringify(row)),
      JSON.stringify({ ratio: Number(ratio.toFixed(3)), bound }),
    ].join('\n'),
  );
  return ratio;
}
