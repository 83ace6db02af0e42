// The built console: its files as they are, and its one page for every address that is a page of it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const PAGES = ['/', '/checks', '/checks/new', '/checks/:namespace/:name', '/alerts', '/fleet'];
const YEAR_S = 365 * 86_400;

export async function consoleFiles(server: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    for (const page of PAGES)
      server.get(page, { schema: { hide: true } }, (_request, reply) =>
        reply.type('text/plain').send(MISSING),
      );
    return;
  }
  // File names carry a hash of their content, so they never change.
  await server.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    maxAge: YEAR_S * 1000,
    immutable: true,
    decorateReply: true,
  });
  const page = { schema: { hide: true } };
  for (const path of PAGES) {
    server.get(path, page, (_request, reply) =>
      reply
        .header('Cache-Control', 'no-cache')
        .sendFile('index.html', folder, { maxAge: 0, immutable: false }),
    );
  }
}

const MISSING = 'The console is not built. Start with `npm start`, which builds it.\n';
