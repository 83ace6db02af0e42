// From the words of `holdfast probe` to a check: written as a person would write it in a file, and
// compiled as that.

import { HoldfastError } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Call } from '../cli/command.ts';

const KINDS = ['http', 'tcp'];

export const PROBE_USAGE: string = `[${KINDS.join('|')}] TARGET`;

/** Writes the call as the check that a person would write, and compiles that. */
export async function checkOf(call: Call, workingDirectory: string): Promise<CompiledCheck> {
  const { kind, target } = targetOf(call);
  const written = {
    name: 'probe',
    ...(kind === undefined ? {} : { type: kind }),
    target,
    interval: '24h',
    timeout: call.text('timeout'),
    ...(kind === 'tcp' || target.startsWith('tcp://') ? {} : httpFields(call)),
  };
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const { readFileSync } = await import('node:fs');
  const { resolve } = await import('node:path');
  const compiled = compileTerseCheck(written, (path) =>
    readFileSync(resolve(workingDirectory, path), 'utf8'),
  );
  if (compiled.ok) return compiled.check;
  const what = compiled.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint = compiled.problems.map((problem) => problem.hint).find((text) => text !== undefined);
  throw new HoldfastError('USAGE', what, hint ?? 'See `holdfast probe --help`.');
}

function targetOf(call: Call): { kind?: string; target: string } {
  const [first, second] = call.arguments;
  const url = call.text('url');
  const kindGiven = second !== undefined || (url !== undefined && first !== undefined);
  const kind = kindGiven ? first : undefined;
  const target = url ?? (second === undefined ? first : second);
  if (target === undefined || (url !== undefined && second !== undefined)) {
    throw new HoldfastError(
      'USAGE',
      'exactly one target is needed',
      `Usage: holdfast probe ${PROBE_USAGE}`,
    );
  }
  if (kind === undefined) return KINDS.includes(target) ? missingTarget(target) : inferred(target);
  if (!KINDS.includes(kind)) {
    throw new HoldfastError(
      'USAGE',
      `unknown kind ${JSON.stringify(kind)}`,
      `Kinds: ${KINDS.join(', ')}.`,
    );
  }
  return { kind, target };
}

function missingTarget(kind: string): never {
  throw new HoldfastError('USAGE', 'the target is missing', `Usage: holdfast probe ${kind} TARGET`);
}

/** `host:port` without a scheme is a TCP target, anything else without a scheme a web address. */
function inferred(target: string): { kind?: string; target: string } {
  if (target.includes('://')) return { target };
  return /^[^/]+:\d+$/.test(target) ? { kind: 'tcp', target } : { kind: 'http', target };
}

function httpFields(call: Call): Record<string, unknown> {
  const headers = Object.fromEntries(call.texts('header').map(headerOf));
  const status = call.text('expect-status');
  const ca = call.text('ca');
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(call.flag('insecure') ? { verify: false } : {}),
  };
  return {
    method: call.text('method'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(status === undefined
      ? {}
      : { expect: { status: /^\d+$/.test(status) ? Number(status) : status } }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw new HoldfastError(
    'USAGE',
    `header ${JSON.stringify(text)} has no colon`,
    'Write it as "Name: value".',
  );
}
