import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { mockPlugin } from './mock/plugin.mjs';

const mocked = process.env.EARSHOT_MOCK === '1';

export default defineConfig({
  plugins: [react(), mocked && mockPlugin()],
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 900 },
  server: mocked ? {} : { proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: { testTimeout: 60_000, environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: 'src/test-setup.ts' },
});
