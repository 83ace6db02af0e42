// The machine a report was made on: figures of two machines must never be compared unawares.

import { arch, cpus, platform, release, totalmem } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  memoryMb: number;
  /** `linux 6.1.0 x64` */
  system: string;
  node: string;
}

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}
