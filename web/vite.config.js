import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The operations of these names, by their methods, as a module. */
function table(names) {
  const all = readFileSync(path('../sdk/typescript/src/generated/functions.gen.ts'), 'utf8');
  const calls = all.matchAll(/^export const (\w+) = [^]*?\?\? client\)(?:\.sse)?\.(\w+)<[^]*?url: ('[^']+')/gm);
  const called = new Map([...calls].map((found) => [found[1], found]));
  const by = {};
  for (const name of new Set(names)) {
    const [, , method, url] = called.get(name);
    (by[method] ??= []).push(`${name}: ${url}`);
  }
  const methods = Object.entries(by).map(([method, of]) => `${method}: { ${of.join()} }`);
  return `export const operations = {};
    for (const [method, of] of Object.entries({ ${methods.join()} }))
      for (const name in of) operations[name] = (options) => options.client[method]({ url: of[name], ...options });`;
}

// The page is built for one language, which is the mode (`--mode ar`): what a browser loads has no words of another one.
// All addresses in what is built are relative, since the service may stand behind a prefix. The client is taken from its sources, as
// functions, so that what the page does not call is left out.
export default defineConfig(({ mode }) => ({
  base: './',
  oxc: { jsx: { runtime: 'classic', pragma: '_h', pragmaFrag: '_F' } },
  resolve: { alias: [
    { find: /^@headwater\/client\/functions$/, replacement: path('../sdk/typescript/src/functions.ts') },
    { find: /^@headwater\/client$/, replacement: path('../sdk/typescript/src/index.ts') },
    // Requests can be made in ways that no operation asks for.
    { find: /^\.(\/generated)?\/client\/index\.js$/, replacement: path('src/requests.ts') },
    // All changes that the page makes by POST take an Idempotency-Key; the list of those that any client makes is long.
    { find: /^\.\/generated\/once\.gen\.js$/, replacement: path('src/once.ts') },
    // Lists are walked over by their pages alone.
    { find: /^\.\/walk\.js$/, replacement: path('src/walk.ts') },
  ] },
  plugins: [{
    name: 'language',
    transformIndexHtml: (html) => (mode === 'ar' ? html.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"') : html),
  }, {
    // Elements are made by a function that takes what is within them one after the other, which is shorter than as a property.
    name: 'elements',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith('.tsx') ? `import { h as _h, Fragment as _F } from 'preact';${code}` : undefined),
  }, {
    // What loads a part of the page brings no style or file along that would have to be loaded before it.
    name: 'no-preload',
    enforce: 'pre',
    load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : undefined),
  }, {
    // Of an operation only method and address are written: how lists and bodies are sent is told once, in requests.ts, and no request of
    // the page has a key.
    name: 'operations',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith('src/operations.ts') ? table(code.match(/\b[a-z]+[A-Z]\w+/g)) : undefined),
  }],
  build: {
    outDir: `dist/${mode}`,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // All that is opened after the claims is one file, since what its screens have in common is packed once.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'desk',
              test: /src.((compare|documents?|edit|history|review|sources?)\/|combobox|effect|kinds)|typescript.src.text/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': process.env.HEADWATER_URL ?? 'http://127.0.0.1:8080' } },
}));
