// `holdfast token`: a new access token, and the lines that grant it. The token is shown here once and kept
// nowhere; what is written down is its hash.

import { randomBytes } from 'node:crypto';
import { HoldfastError } from '@holdfast/kernel';
import { ACCESS_ROLES, accessToken, hashToken } from '@holdfast/resources/access';
import { DEFAULT_NAMESPACE } from '@holdfast/resources/resource-name';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { JSON_FLAG } from '../client/server-options.ts';

const TOKEN_BYTES = 32;

export const token: Command = {
  name: 'token',
  summary: 'A new access token, and the lines that grant it',
  usage: '[NAME] [--role ROLE] [-n NAMESPACE]',
  arity: [0, 1],
  options: [
    { name: 'role', value: 'ROLE', summary: ACCESS_ROLES.join(', '), default: 'reader' },
    {
      name: 'namespace',
      short: 'n',
      value: 'NAME',
      summary: 'where it holds',
      default: DEFAULT_NAMESPACE,
    },
    JSON_FLAG,
  ],
  examples: ['holdfast token ci --role writer -n team-a', 'holdfast token fra --role agent'],
  notes: [
    'reader sees; writer also applies and deletes checks, and asks for runs; service',
    'joins coordination: each in its namespace only. agent measures for all of them.',
    'Exit codes: 0 made, 2 bad usage.',
  ],
  run: runToken,
};

async function runToken(call: Call, { terminal }: Surroundings): Promise<number> {
  const name = call.arguments[0] ?? 'somebody';
  const role = roleOf(call.text('role') ?? '');
  const namespace = call.text('namespace') ?? DEFAULT_NAMESPACE;
  const made = accessToken(randomBytes(TOKEN_BYTES));
  const sha256 = hashToken(made);
  if (call.flag('json')) {
    terminal.out(`${JSON.stringify({ token: made, sha256, name, role, namespace })}\n`);
    return 0;
  }
  // The token alone on standard output: it can be piped to where it is kept.
  terminal.out(`${made}\n`);
  terminal.error(`
Shown once, here. To grant it, add to the file that says what the namespace is, and apply that:

namespaces:
  - name: ${JSON.stringify(namespace)}
    access:
      - name: ${JSON.stringify(name)}
        role: ${role}
        sha256: "${sha256}"

and hand it over as HOLDFAST_TOKEN.
`);
  return 0;
}

function roleOf(word: string): string {
  const known = ACCESS_ROLES.find((role) => role === word);
  if (known !== undefined) return known;
  const near = similarWord(word, ACCESS_ROLES);
  const cure = near === undefined ? `Roles: ${ACCESS_ROLES.join(', ')}.` : `Did you mean ${near}?`;
  throw new HoldfastError('USAGE', `there is no role ${JSON.stringify(word)}`, cure);
}
