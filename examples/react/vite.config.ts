import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// In development the token comes from here: a server that knows the API key.
const site = 'http://localhost:4100';

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/embed-token': site, '/settings': site } },
});
