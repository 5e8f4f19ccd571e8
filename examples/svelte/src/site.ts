/** Where the backend is. A site of your own knows that when it is built. */
export async function backend(): Promise<string> {
  return ((await (await fetch('/settings')).json()) as { backend: string }).backend;
}

/** Asks this site's own server, which has the API key, for a token. */
export async function getToken(): Promise<string> {
  return ((await (await fetch('/embed-token', { cache: 'no-store' })).json()) as { token: string }).token;
}
