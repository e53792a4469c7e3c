import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { threadWorker } from '../../packages/runtime/vite.ts';

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses work at any path; the grid is found from the page's own address.
  base: './',
  plugins: [react(), threadWorker({ isPage: true })],
  // Workers of the volunteer's shell are modules like the rest.
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
