// A site on an origin of its own: serves a page and the package, gets embed tokens, redeems tickets. No dependency.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const port = Number(process.env.PORT ?? 4100);
const backend = process.env.BACKEND ?? 'http://127.0.0.1:3000';
const apiKey = process.env.API_KEY;
const here = fileURLToPath(new URL('.', import.meta.url));
const packageDir = process.env.PACKAGE_DIR ?? join(here, '../../frontend/package/dist');
const publicDir = process.env.PUBLIC_DIR ?? join(here, 'public');
const scriptSrc = process.env.SCRIPT_SRC ?? "'self' 'wasm-unsafe-eval'";
const origin = process.env.ORIGIN ?? `http://localhost:${port}`;
if (!apiKey) throw new Error('API_KEY is missing: dingtalk-qr api-key create plain');

const policy = [
  "default-src 'none'",
  `script-src ${scriptSrc}`,
  `connect-src 'self' ${new URL(backend).origin}`,
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Calls the backend with the key, which never leaves this server. */
const ask = (path, body) =>
  fetch(`${backend}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const routes = {
  // A real site asks first who its visitor is: whoever gets a token may create a bot.
  'GET /embed-token': async () => {
    const answer = await ask('embed-tokens', { origin });
    const { token, code } = await answer.json();
    return json(answer.ok ? 200 : 502, answer.ok ? { token } : { code });
  },
  'GET /settings': async () => json(200, { backend }),
  // A real site begins its own session here.
  'POST /sign-in': async (request) => {
    if (request.headers.origin !== origin) return json(403, {});
    const answer = await ask('tickets/redeem', { ticket: (await body(request)).ticket });
    const { user, site } = await answer.json();
    return answer.ok && site === origin ? json(200, { name: user.name }) : json(403, {});
  },
};

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, origin);
  const route = routes[`${request.method} ${pathname}`];
  const { status, type, content } = await (route ? route(request) : file(pathname)).catch((error) => {
    console.error(error.message);
    return json(502, {});
  });
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(content);
}).listen(port, '127.0.0.1', () => console.log(`open ${origin}/`));

const json = (status, value) => ({ status, type: types['.json'], content: JSON.stringify(value) });

async function file(pathname) {
  const [root, path] = pathname.startsWith('/package/') ? [packageDir, pathname.slice(9)] : [publicDir, pathname.replace(/\/$/, '/index.html')];
  const place = join(root, normalize('/' + decodeURIComponent(path)));
  try {
    return { status: 200, type: types[extname(place)] ?? 'application/octet-stream', content: await readFile(place) };
  } catch {
    return { status: 404, type: types['.json'], content: '{}' };
  }
}

async function body(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) throw new Error('a body that is too long');
  }
  return JSON.parse(text);
}
