import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from './support/program.js';
import { type World, expect, test } from './support/world.js';

/** What of Lighthouse's report is looked at. */
interface Report {
  categories: Record<string, { score: number; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; numericValue?: number; displayValue?: string }>;
}

test.describe.configure({ mode: 'serial' });

test('Lighthouse finds nothing on the page that creates bots', async ({ world }) => {
  test.setTimeout(120_000);
  await expectGood(world, '');
});

test('Lighthouse finds nothing on the page that signs in', async ({ login }) => {
  test.setTimeout(120_000);
  await expectGood(login, 'login');
});

async function expectGood(world: World, path: string): Promise<void> {
  const { categories, audits } = await measure(world.url + path, join(world.folder, 'lighthouse.json'));
  const figures = Object.entries(categories).map(([name, { score }]) => `${name} ${Math.round(score * 100)}`);
  const speed = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];
  console.log([`/${path}: ${figures.join(', ')}`, ...speed.map((id) => `${id} ${audits[id]!.displayValue}`)].join('; '));

  for (const name of ['accessibility', 'best-practices']) {
    const lost = categories[name]!.auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id]!.score ?? 1) < 1);
    expect.soft(lost.map(({ id }) => audits[id]!.title), name).toEqual([]);
    expect.soft(categories[name]!.score, name).toBe(1);
  }
  expect(audits['cumulative-layout-shift']!.numericValue).toBe(0);
}

async function measure(url: string, file: string): Promise<Report> {
  const program = join(import.meta.dirname, 'node_modules/lighthouse/cli/index.js');
  const args = [
    program,
    url,
    '--quiet',
    '--output=json',
    `--output-path=${file}`,
    '--preset=desktop',
    '--only-categories=accessibility,best-practices,performance',
    '--max-wait-for-load=20000',
    '--chrome-flags=--headless --no-sandbox --disable-gpu',
  ];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, CHROME_PATH: chromium }, timeout: 100_000 });
  return JSON.parse(await readFile(file, 'utf8')) as Report;
}
