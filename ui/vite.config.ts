import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": fileURLToPath(new URL("src", import.meta.url)) } },
  // `tauri dev` loads exactly this address (devUrl in tauri.conf.json).
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  build: {
    target: ["chrome111", "safari16.4"],
    // The window loads from the application itself: one file is quicker than many small ones.
    chunkSizeWarningLimit: 2000,
    // Fonts stay files: the content security policy has no data: fonts.
    assetsInlineLimit: 0,
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    testTimeout: 30_000,
  },
});
