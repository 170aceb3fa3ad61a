import { buildSync } from 'esbuild';

/**
 * A program for browsers as one script without imports: it is sent as a file, so that a page needs nothing inline.
 * @param entry path of its module. @throws Error with what the bundler said
 */
export function bundleForBrowsers(entry: string): Buffer {
  const { outputFiles } = buildSync({
    ...{ entryPoints: [entry], bundle: true, write: false, minify: true },
    ...{ platform: 'browser', format: 'iife', target: 'es2022' },
    ...{ legalComments: 'none', logLevel: 'warning' },
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error(`'${entry}' must bundle to one script`);
  return Buffer.from(script.contents);
}
