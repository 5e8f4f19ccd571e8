import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// In development the token comes from here: a server that knows the API key.
const site = 'http://localhost:4100';

export default defineConfig({
  plugins: [react()],
  // The optimiser would part the package's script from its WebAssembly.
  optimizeDeps: { exclude: ['dingtalk-qr'] },
  server: { proxy: { '/embed-token': site, '/settings': site } },
});
