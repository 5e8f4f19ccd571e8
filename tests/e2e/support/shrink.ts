import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FullConfig } from '@playwright/test';
import { PNG } from 'pngjs';

/** Colours are kept in steps of so many; comparing allows for more than that. */
const step = 8;

/** Makes pictures that `--update-snapshots` has just taken half as large: they are kept in the repository. */
export default async function shrink({ updateSnapshots }: FullConfig): Promise<void> {
  if (updateSnapshots !== 'all' && updateSnapshots !== 'changed') return;
  const folder = join(import.meta.dirname, '../screenshots');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((name) => name.endsWith('.png'))) {
    const file = join(folder, name);
    const before = await readFile(file);
    const after = fewerColours(before);
    if (after.length < before.length) await writeFile(file, after);
  }
}

function fewerColours(file: Buffer): Buffer {
  const png = PNG.sync.read(file);
  png.data.forEach((value, at) => {
    if (at % 4 !== 3) png.data[at] = Math.min(255, Math.round(value / step) * step);
  });
  return PNG.sync.write(png, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 });
}
