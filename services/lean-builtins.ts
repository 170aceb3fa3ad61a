import type { Plugin } from 'esbuild';

/** What of Node's own is dear to load and seldom needed at a start: `http` and `tls` take 4 and 15 ms of CPU. */
const LOADED_AT_FIRST_USE = [
  'child_process',
  'cluster',
  'crypto',
  'dns',
  'http',
  'http2',
  'https',
  'perf_hooks',
  'readline',
  'tls',
  'worker_threads',
  'zlib',
] as const;

/**
 * Takes these modules by `process.getBuiltinModule`, each when the first of its exports is used. An `import`
 * would read every export of `node:http` at once, and with `http.WebSocket` come undici and 25 ms more.
 */
export const leanBuiltins: Plugin = {
  name: 'lean-builtins',
  setup(build) {
    const filter = new RegExp(`^(node:)?(${LOADED_AT_FIRST_USE.join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({
      path: path.replace(/^node:/, ''),
      namespace: 'lean-builtin',
    }));
    build.onLoad({ filter: /./, namespace: 'lean-builtin' }, ({ path }) => {
      const getters = Object.keys(process.getBuiltinModule(path) ?? {}).map(
        (name) => `get ${name}() { return builtin().${name}; }`,
      );
      const builtin = `let found; const builtin = () => (found ??= process.getBuiltinModule('node:${path}'));`;
      return { contents: `${builtin}\nmodule.exports = {\n${getters.join(',\n')}\n};`, loader: 'js' };
    });
  },
};
