// Plugins for tests: written to files of their own, as people's plugins are, and runs of their checks.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fields, type Logger, silentLogger, systemClock } from '@holdfast/kernel';
import type { CompiledCheck, PluginSpec } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import type { ProbeRunnerOptions } from '../../probe-runner.ts';
import { probeOnce, tcpCheck } from '../../testing/checks.ts';
import { PluginRegistry } from '../plugin-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-plugins-'));
let files = 0;

/** The path of a new module with this text. */
export function pluginFile(text: string): string {
  files += 1;
  const path = join(folder, `plugin-${files}.js`);
  writeFileSync(path, text);
  return path;
}

/** One whose `measure` has this body; further members as text. */
export function pluginOf(measure: string, kind = 'thing', members = ''): string {
  return pluginFile(`export const prober = {
    kind: '${kind}', targetExample: '${kind}://host', ${members}
    async measure(spec, context) { ${measure} },
  };`);
}

/** What an honest plugin gives back. */
export const GOOD =
  'return { totalMs: context.log.totalMs(), phases: context.log.phases, context: context.facts, detail: { n: 1 } };';

export interface LoggedRegistry {
  registry: PluginRegistry;
  lines: { message: string; fields: Fields | undefined }[];
}

export function pluginRegistry(): LoggedRegistry {
  const lines: LoggedRegistry['lines'] = [];
  const line = (message: string, fields?: Fields) => void lines.push({ message, fields });
  const logger: Logger = { ...silentLogger, error: line, warn: line };
  return { registry: new PluginRegistry({ clock: systemClock, logger }), lines };
}

export function pluginCheck(
  wish: Partial<PluginSpec> & { timeoutMs?: number } = {},
): CompiledCheck {
  const { timeoutMs = 10_000, ...parts } = wish;
  const target = wish.target ?? 'thing://host';
  const spec: PluginSpec = {
    kind: 'plugin',
    plugin: 'thing',
    target,
    options: {},
    ip: 'any',
    expect: { that: [] },
    ...parts,
  };
  return { ...tcpCheck('127.0.0.1', 1, timeoutMs), target, spec };
}

/** Loads the one plugin and runs one check with it. */
export async function probePlugin(
  path: string,
  wish: Partial<PluginSpec> & { timeoutMs?: number } = {},
  options: Partial<ProbeRunnerOptions> = {},
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const { registry } = pluginRegistry();
  await registry.use([path]);
  return probeOnce(pluginCheck(wish), { ...options, plugins: registry }, signal);
}
