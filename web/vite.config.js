import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const client = path('../sdk/typescript/src/');

/** The names in a text. */
const namesIn = (text) => new Set(text.match(/\w+/g));

/** Leaves out of a class the methods that nobody names. */
function withoutUnused(code, indent, used) {
  const method = new RegExp(`^${indent}(?:public )?(?:async )?\\*?(#?\\w+)(?:<[^\\n]*?>)?\\([^]*?^${indent}}\\n`, 'gm');
  return code.replace(method, (whole, name) => {
    const named = name.startsWith('#') ? new RegExp(`this\\.${name}[<(]`).test(code) : used.has(name) || name === 'constructor';
    return named ? whole : '';
  });
}

/** Leaves out what the page does not call of the client, whose methods no bundler can tell from those that are called. */
function onlyWhatIsCalled() {
  const sources = readdirSync(path('src'), { recursive: true }).filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(path(`src/${name}`), 'utf8'));
  const used = namesIn(sources.join('\n'));
  // Twice, since a private method goes once those are gone that call it.
  const shortened = (code) => withoutUnused(withoutUnused(code, '  ', used), '  ', used);
  const calling = new Set([...used, ...namesIn(shortened(readFileSync(`${client}client.ts`, 'utf8')))]);
  return {
    name: 'only-what-is-called',
    enforce: 'pre',
    transform(code, id) {
      if (id === `${client}client.ts`) return { code: shortened(code), map: null };
      if (id === `${client}generated/sdk.gen.ts`) return { code: withoutUnused(code, '    ', calling), map: null };
      // Streams of events are read by the client's own follow.
      if (id === `${client}generated/core/serverSentEvents.gen.ts`) return { code: 'export const createSseClient = () => undefined;', map: null };
      return undefined;
    },
  };
}

// All addresses in what is built are relative, since the service may stand behind a prefix. The client is taken from its sources, so
// that what the page does not call is left out.
export default defineConfig({
  base: './',
  plugins: [onlyWhatIsCalled()],
  resolve: { alias: { '@headwater/client': `${client}index.ts` } },
  build: {
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Files that are opened one after the other are one, since what they have in common is packed once.
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [
      { name: 'lists', test: /src.((sources|documents)\/|combobox)/ },
      { name: 'desk', test: /src.((review|history|source|edit)\/|effect|kinds)/ },
    ] } } },
  },
  server: { proxy: { '/v1': process.env.HEADWATER_URL ?? 'http://127.0.0.1:8080' } },
});
