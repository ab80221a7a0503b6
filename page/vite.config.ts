import { defineConfig } from "vite";

// Relative addresses, so that the page works below any path; names with hashes, so that they can be kept for ever.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/modelatlas/web/built",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 400,
  },
  worker: { format: "es" },
});
