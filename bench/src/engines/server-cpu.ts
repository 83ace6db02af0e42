// CPU time of a server and of the processes that it started, as Linux counts it: good to 10 ms. Elsewhere it
// cannot be told.

import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

/** User and system time of all that live, in ms; undefined away from Linux. */
export function serverCpuMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.reduce((sum, name) => sum + cpuMs(name, pid), 0);
}

function cpuMs(name: string, server: number): number {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program may hold spaces; the fields after it may not.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const isOurs = Number(name) === server || fields[1] === server;
    return isOurs ? ((fields[11] ?? 0) + (fields[12] ?? 0)) * TICK_MS : 0;
  } catch {
    return 0;
  }
}
