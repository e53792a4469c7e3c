import { join } from 'node:path';
import { createServer } from 'vite';

/** Serves the pages of an app from source while `use` goes on, which is given their address. */
export async function serveApp(
  root: string,
  app: { readonly name: 'console' | 'donate'; readonly mode?: string },
  use: (address: string) => Promise<void>,
): Promise<void> {
  const server = await createServer({
    configFile: join(root, 'apps', app.name, 'vite.config.ts'),
    ...(app.mode && { mode: app.mode }),
    logLevel: 'error',
    server: { port: 0 },
  });
  await server.listen();
  try {
    await use(server.resolvedUrls?.local[0] ?? '');
  } finally {
    await server.close();
  }
}
