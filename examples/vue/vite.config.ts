import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// In development the token comes from here: a server that knows the API key.
const site = 'http://localhost:4100';

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'dingtalk-qr' } } })],
  server: { proxy: { '/embed-token': site, '/settings': site } },
});
