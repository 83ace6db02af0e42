// From the words of `holdfast probe` to a check: written as a person would write it in a file, and
// compiled as that.

import { HoldfastError } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Problem } from '@holdfast/resources/load';
import type { LoadPlugin } from '@holdfast/resources/plugin';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call } from '../cli/command.ts';
import {
  addressesOf,
  fieldsOf,
  KINDS,
  type Kind,
  type Meant,
  refuseStrangeOptions,
} from './probe-options.ts';

/** What is asked, before it is compiled; without a type, the target's scheme tells it. */
interface Asked {
  kind: Meant;
  type?: string;
  target: string;
}

export const PROBE_USAGE = '[http|tls|dns|tcp|icmp|grpc] TARGET';

const SCHEMES: Readonly<Record<string, Kind>> = {
  http: 'http',
  https: 'http',
  tls: 'tls',
  dns: 'dns',
  tcp: 'tcp',
  icmp: 'icmp',
  grpc: 'grpc',
  grpcs: 'grpc',
};

/** Writes the call as the check that a person would write, and compiles that. `plugins`: absolute paths and packages. */
export async function checkOf(
  call: Call,
  workingDirectory: string,
  plugins: readonly string[],
): Promise<CompiledCheck> {
  const { kind, type, target } = targetOf(call, plugins.length > 0);
  refuseStrangeOptions(kind, call);
  const written = {
    name: 'probe',
    ...(type === undefined ? {} : { type }),
    target,
    interval: '24h',
    timeout: call.text('timeout'),
    ...addressesOf(call),
    ...fieldsOf(kind, target, call),
  };
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const { readerIn } = await import('../named-file.ts');
  const compiled = compileTerseCheck(written, readerIn(workingDirectory), {
    folder: workingDirectory,
    ...(plugins.length === 0 ? {} : { plugins: [...plugins], loadPlugin: await describer() }),
  });
  if (compiled.ok) return compiled.check;
  throw refusal(compiled.problems, plugins);
}

async function describer(): Promise<LoadPlugin> {
  const { describePlugin } = await import('@holdfast/probing/plugin');
  return describePlugin;
}

/** Plugins first: what follows from a missing one helps nobody. */
function refusal(problems: readonly Problem[], plugins: readonly string[]): HoldfastError {
  const ofPlugins = problems.flatMap(({ path, message }) => {
    const at = /^plugins\[(\d+)\]/.exec(path)?.[1];
    return at === undefined ? [] : [`--plugin ${plugins[Number(at)]} ${message}`];
  });
  if (ofPlugins.length > 0) {
    const cure = 'Name the path of a module that exports a prober, or an installed package.';
    return new HoldfastError('USAGE', ofPlugins.join('; '), cure);
  }
  const what = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint = problems.map((problem) => problem.hint).find((text) => text !== undefined);
  const cure = hint === undefined ? 'See `holdfast probe --help`.' : sentence(hint);
  const strange = plugins.length === 0 && /^target has the unknown scheme/.test(what);
  const plugin = strange ? ' A kind of your own is named with --plugin.' : '';
  return new HoldfastError('USAGE', what, `${cure}${plugin}`);
}

function sentence(clause: string): string {
  const whole = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
  return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}

function targetOf(call: Call, withPlugins: boolean): Asked {
  const [first, second] = call.arguments;
  const url = call.text('url');
  const kindGiven = second !== undefined || (url !== undefined && first !== undefined);
  const target = url ?? (second === undefined ? first : second);
  if (target === undefined || (url !== undefined && second !== undefined)) {
    const cure = `Usage: holdfast probe ${PROBE_USAGE}`;
    throw new HoldfastError('USAGE', 'exactly one target is needed', cure);
  }
  if (kindGiven) return { ...kindNamed(first ?? '', withPlugins), target };
  if (KINDS.some((kind) => kind === target)) {
    const cure = `Usage: holdfast probe ${target} TARGET`;
    throw new HoldfastError('USAGE', 'the target is missing', cure);
  }
  const kind = kindOfTarget(target, withPlugins);
  return kind === 'plugin' ? { kind, target } : { kind, type: kind, target };
}

function kindNamed(word: string, withPlugins: boolean): Omit<Asked, 'target'> {
  const kind = KINDS.find((one) => one === word);
  if (kind !== undefined) return { kind, type: kind };
  if (withPlugins) return { kind: 'plugin', type: word };
  const near = similarWord(word, KINDS);
  const cure = near === undefined ? `Kinds: ${KINDS.join(', ')}.` : `Did you mean ${near}?`;
  throw new HoldfastError('USAGE', `unknown kind ${JSON.stringify(word)}`, cure);
}

/** By its scheme; `host:port` without one is a TCP target, anything else a web address. */
function kindOfTarget(target: string, withPlugins: boolean): Meant {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1];
  const known = SCHEMES[scheme?.toLowerCase() ?? ''];
  if (known !== undefined) return known;
  if (scheme !== undefined) return withPlugins ? 'plugin' : 'http';
  return /^[^/]+:\d+$/.test(target) ? 'tcp' : 'http';
}
