// A network namespace of a test's own, with loopback up, made with the `ip` of iproute2. Nothing that
// is sent inside leaves it. Its owner removes it.

import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Judgement, Observation } from '../../prober.ts';
import type { ProbeOrder } from './probe-process.ts';

const PROBE = fileURLToPath(new URL('./probe-process.ts', import.meta.url));
/** A probe process that does not end by itself is killed, which fails the test. */
const PROCESS_MS_MAX = 30_000;
const run = promisify(execFile);

export interface ProbeAnswer {
  observation: Observation;
  judgement: Judgement;
}

export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    execFileSync('ip', ['netns', 'add', name]);
    this.ip('link set lo up');
  }

  /** Why no namespace can be made here; undefined when one can. */
  static hindrance(): string | undefined {
    if (process.platform !== 'linux') return 'network namespaces are of Linux';
    const name = `holdfast-try-${process.pid}`;
    try {
      execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
      return undefined;
    } catch {
      return 'needs root and iproute2 to make a network namespace';
    }
  }

  /** Inside; `link add d0 type dummy`. */
  ip(command: string): void {
    execFileSync('ip', ['-n', this.name, ...command.split(' ')]);
  }

  /** A file under /proc/sys/net as the namespace sees it. */
  sysctl(path: string, value: string): void {
    const script = `printf %s "$1" > /proc/sys/net/${path}`;
    execFileSync('ip', ['netns', 'exec', this.name, 'sh', '-c', script, 'sh', value]);
  }

  async probe(order: ProbeOrder): Promise<ProbeAnswer> {
    return (await this.runNode(PROBE, order)) as ProbeAnswer;
  }

  /** Runs a program of ours inside; both its order and its answer are JSON. */
  async runNode(program: string, order: unknown): Promise<unknown> {
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', program];
    const { stdout } = await run(
      'ip',
      ['netns', 'exec', this.name, ...node, JSON.stringify(order)],
      { timeout: PROCESS_MS_MAX },
    );
    return JSON.parse(stdout);
  }

  remove(): void {
    execFileSync('ip', ['netns', 'del', this.name]);
  }
}
