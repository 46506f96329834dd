/** Builds the dashboard: `npm run build:dashboard`, and `npm run dev:dashboard` while you change it. */
import { defineConfig, type Plugin } from 'vite';

/** The dashboard of `npm start` forwards the calls of the page that Vite serves, or another one that `DREY_DASHBOARD` names. */
const loopbackServer = process.env['DREY_DASHBOARD'] ?? 'http://127.0.0.1:6450';

/**
 * Writes the fonts that Cloudscape embeds in its style sheet to files, so that a browser loads those of the first load
 * only.
 */
const extractFonts = (): Plugin => ({
  name: 'extract-fonts',
  enforce: 'pre',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('global-styles/index.css')) return undefined;
    let fonts = 0;
    return code.replaceAll(/data:font\/woff2;base64,([^'")]+)/g, (_, content: string) => {
      fonts += 1;
      const source = Buffer.from(content, 'base64');
      return `__VITE_ASSET__${this.emitFile({ type: 'asset', name: `open-sans-${fonts}.woff2`, source })}__`;
    });
  },
});

export default defineConfig(({ command }) => {
  if (command === 'build') process.env['NODE_ENV'] = 'production'; // A test that builds the page has another value.
  return {
    root: 'dashboard',
    plugins: [extractFonts()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2024',
      sourcemap: false,
      chunkSizeWarningLimit: 1_500,
      rolldownOptions: {
        // Cloudscape's modules begin with "use client", which means nothing here.
        onLog: (level, log, write) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') write(level, log);
        },
      },
    },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(
        ['/v1', '/session.json', '/upload', '/flink-ui', '/openapi.json', '/health'].map((path) => [
          path,
          { target: loopbackServer, changeOrigin: true, headers: { origin: loopbackServer } },
        ]),
      ),
    },
  };
});
