// blackbox_exporter, asked at its /probe over kept connections as Prometheus does. Only its own
// process's CPU time counts, from /proc; writing the metrics is part of its work, as making the
// result is part of ours.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Endpoint, Targets } from '../../targets.ts';
import type { Kind, MakeContender } from '../contender.ts';

/** Debian's name, and the one of the project's own releases. */
const PROGRAMS = ['prometheus-blackbox-exporter', 'blackbox_exporter'];
const START_MS_MAX = 10_000;
/** The kernel's USER_HZ, 100 on all that Linux tells user space. */
const TICK_US = 10_000;

export const makeBlackboxExporter: MakeContender = async (kind, targets) => {
  if (process.platform !== 'linux') return 'blackbox_exporter is measured on Linux only';
  const program = findProgram();
  if (program === undefined) {
    return 'blackbox_exporter is not on the PATH (Debian package prometheus-blackbox-exporter)';
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const exporter = spawn(program, exporterWords(folder, targets), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const agent = new Agent({ keepAlive: true });
  // Whatever ends this process, the exporter ends with it.
  process.once('exit', () => exporter.kill());
  const port = await listeningPort(exporter);
  return {
    once: (endpoint) => probe(agent, port, kind, endpoint),
    cpuUs: () => cpuUsOf(exporter.pid ?? 0),
    async close() {
      agent.destroy();
      exporter.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders
    .flatMap((folder) => PROGRAMS.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** One module per kind that asks the very same of the target. JSON is YAML. */
function exporterWords(folder: string, { ca, serverName }: Targets): string[] {
  const authority = join(folder, 'ca.pem');
  writeFileSync(authority, ca);
  const http = { preferred_ip_protocol: 'ip4' };
  const modules = {
    http: { prober: 'http', http },
    https: {
      prober: 'http',
      http: { ...http, tls_config: { ca_file: authority, server_name: serverName } },
    },
    tcp: { prober: 'tcp', tcp: { preferred_ip_protocol: 'ip4' } },
    icmp: { prober: 'icmp', icmp: { preferred_ip_protocol: 'ip4' } },
  };
  const file = join(folder, 'blackbox.yml');
  writeFileSync(file, JSON.stringify({ modules }));
  return [`--config.file=${file}`, '--web.listen-address=127.0.0.1:0'];
}

/** It logs the address it got; what it logs later is read and dropped. */
function listeningPort(exporter: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = () => reject(new Error(`blackbox_exporter did not start: ${log}`));
    const timer = setTimeout(fail, START_MS_MAX);
    exporter.once('error', fail).once('exit', fail);
    exporter.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (log.length < 65_536) log += text;
      const port = /Listening on.*?address=\S*:(\d+)/.exec(log)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

function probe(agent: Agent, port: number, kind: Kind, endpoint: Endpoint): Promise<void> {
  const target = targetOf(kind, endpoint);
  const path = `/probe?module=${kind}&target=${encodeURIComponent(target)}`;
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => {
        if (/^probe_success 1$/m.test(text)) resolve();
        else reject(new Error(`blackbox_exporter's probe of ${target} failed: ${text}`));
      });
    }).once('error', reject);
  });
}

function targetOf(kind: Kind, { host, port }: Endpoint): string {
  if (kind === 'icmp') return host;
  return kind === 'tcp' ? `${host}:${port}` : `${kind}://${host}:${port}/`;
}

/** User and system time of the whole process: fields 14 and 15 of proc_pid_stat(5). */
function cpuUsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
