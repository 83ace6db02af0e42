// The options of commands that speak to a server, and the client that they come to.

import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, CommandOption, Surroundings } from '../cli/command.ts';
import { readPem } from '../named-file.ts';
import { ApiClient } from './api-client.ts';

const LOCAL = 'http://127.0.0.1:7070';

export const SERVER_OPTIONS: readonly CommandOption[] = [
  {
    name: 'server',
    short: 's',
    value: 'URL',
    summary: 'one server, or several',
    default: LOCAL,
    multiple: true,
  },
  { name: 'token', value: 'TOKEN', summary: 'better as HOLDFAST_TOKEN: others see your words' },
  { name: 'ca', value: 'FILE', summary: 'PEM of the authority that its certificate is of' },
];

export const JSON_FLAG: CommandOption = {
  name: 'json',
  summary: 'one JSON object on standard output',
};

/** For any command over resources: where its exit codes come from. */
export const SERVER_NOTE = 'Exit codes: 0 done, 1 refused or unreachable, 2 bad usage.';

/** Throws HoldfastError USAGE or CONFIG_NOT_FOUND. */
export function clientOf(call: Call, { clock, signal, workingDirectory }: Surroundings): ApiClient {
  const token = call.text('token');
  const ca = call.text('ca');
  return new ApiClient({
    servers: serversOf(call),
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca: readPem(resolve(workingDirectory, ca)) }),
    clock,
    signal,
  });
}

/** One variable may hold several. */
function serversOf(call: Call): URL[] {
  return call
    .texts('server')
    .flatMap((text) => text.split(',').map((one) => serverUrl(one.trim())));
}

function serverUrl(text: string): URL {
  const url = URL.parse(text);
  const web = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (web && url.username === '' && url.password === '') return url;
  const cure = 'Write it like https://holdfast.example.com:7070; credentials go into --token.';
  throw new HoldfastError('USAGE', '--server is no web address of a server', cure);
}
