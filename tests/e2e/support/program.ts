import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../..');

/** The system's Chromium, or the one in the variable CHROMIUM; Playwright downloads none. */
export const chromium =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'].find(existsSync);

/** The page that Trunk built. */
export const dist = resolve(root, 'dist');

/** The apps that people sign in with in the demo. */
export const demoApps = resolve(root, 'scripts/demo-apps.toml');

/** Finds a port for a program that has to know its own before it starts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A program of the workspace, from its start until it is stopped. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    /** The line that it printed when it was ready. */
    readonly greeting: string,
    private readonly logged: string[],
  ) {}

  /** Starts `target/debug/NAME` and waits for its first line on the standard output. */
  static async start(name: string, args: string[], env: Record<string, string>, cwd: string): Promise<Program> {
    const child = spawn(pathOf(name), args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const logged: string[] = [];
    child.stderr!.on('data', (chunk) => logged.push(String(chunk)));
    const greeting = await new Promise<string>((done, failed) => {
      createInterface({ input: child.stdout! }).once('line', done);
      child.once('exit', (code) => failed(new Error(`${name} ended with ${code}: ${logged.join('')}`)));
    });
    return new Program(child, greeting, logged);
  }

  /** Runs `target/debug/NAME` to its end and returns what it printed. */
  static async run(name: string, args: string[], env: Record<string, string>, cwd: string): Promise<string> {
    const { stdout } = await promisify(execFile)(pathOf(name), args, { cwd, env });
    return stdout.trim();
  }

  /** What it has logged so far. */
  log(): string {
    return this.logged.join('');
  }

  /** Ends it: politely, or as a power cut would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill(signal);
    await ended;
  }
}

function pathOf(name: string): string {
  const path = resolve(root, 'target/debug', name);
  if (!existsSync(path)) throw new Error(`${path} is missing: \`make test-e2e\` builds it`);
  return path;
}
