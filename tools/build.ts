import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const bundleUrl = new URL('../dist/functions/index.js', import.meta.url)

/** One file with everything in it, for Azure and for `npm start` alike: no installation where it runs. */
export async function buildApp(outfile = fileURLToPath(bundleUrl)): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('../src/functions/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    // The oldest Node that Functions 4 still runs us on.
    target: 'node22',
    format: 'esm',
    // The worker supplies it through `require`; packages that are CommonJS need that function too.
    external: ['@azure/functions-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'external',
    logLevel: 'warning',
  })
}

if (import.meta.main) await buildApp()
