// How the console is built: hashed files only, nothing inlined, so that a content security policy
// of `default-src 'none'` plus `'self'` for script, style, image and connect is enough. In
// development the API is asked of the fixture server (dev/fixture-server.ts) or of a real Holdfast.

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The theme is chosen by the script, so the first paint waits for it: no flash of the other one. */
const scriptBeforePaint: Plugin = {
  name: 'holdfast-script-before-paint',
  enforce: 'post',
  transformIndexHtml: (html) =>
    html.replace('<script type="module"', '<script type="module" blocking="render"'),
};

export default defineConfig({
  base: '/',
  plugins: [react(), scriptBeforePaint],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env.HOLDFAST_API ?? 'http://127.0.0.1:7171' },
  },
});
