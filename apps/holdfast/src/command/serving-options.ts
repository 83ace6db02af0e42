// What `up` and `server` have in common: where they listen and who may call, where they keep what they
// keep. An address that others reach wants a token.

import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Surroundings } from '../cli/command.ts';
import type { ServerOptions } from '../server/holdfast-server.ts';
import { archiveOf, loggerFor } from './process-options.ts';

/** `format` is what a preset says of the log. Throws HoldfastError USAGE or LISTEN_UNPROTECTED. */
export async function servingOptions(
  call: Call,
  surroundings: Surroundings,
  format?: 'json' | 'text',
): Promise<ServerOptions> {
  const { clock, environment, workingDirectory } = surroundings;
  const { parseListenAddress } = await import('../listen-address.ts');
  const { parseResults } = await import('../engine-address.ts');
  const { standardDataFolder } = await import('../data-folder.ts');
  const { systemChance } = await import('@holdfast/kernel');
  const listen = parseListenAddress(call.text('listen') ?? '');
  const token = call.text('token');
  if (!listen.loopback && token === undefined) {
    const cure = 'Set --token (or HOLDFAST_TOKEN), or listen on 127.0.0.1.';
    throw new HoldfastError('LISTEN_UNPROTECTED', `${listen.host} can be reached by others`, cure);
  }
  const folder = call.text('data') ?? standardDataFolder(environment, process.platform);
  return {
    clock,
    chance: systemChance,
    logger: await loggerFor(call, surroundings, format),
    listen,
    access: {
      hosts: [listen.host, ...call.texts('allow-host')],
      ...(token === undefined ? {} : { token }),
    },
    dataFolder: resolve(workingDirectory, folder),
    results: parseResults(call.text('results') ?? 'sqlite'),
    ...archiveOf(call, surroundings),
    environment,
  };
}
