import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// In development the token comes from here: a server that knows the API key.
const site = 'http://localhost:4100';

export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { '/embed-token': site, '/settings': site } },
});
