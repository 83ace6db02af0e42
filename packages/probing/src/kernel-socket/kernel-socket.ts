// What the kernel knows of a connected socket, where we can ask it. Linux on x64 and arm64 answers
// through node:ffi; everywhere else facts are absent, never invented.

import type { Socket } from 'node:net';
import type { KernelFacts } from '@holdfast/resources/result';
import { openLinuxKernelSocket } from './linux.ts';

export interface KernelSocket {
  /** Facts of a socket that has just connected; undefined where they cannot be had. */
  facts(socket: Socket): KernelFacts | undefined;
}

const portable: KernelSocket = { facts: () => undefined };

/** The best that this machine offers. Costs a dlopen: call it once. */
export function openKernelSocket(): KernelSocket {
  const layoutKnown = process.arch === 'x64' || process.arch === 'arm64';
  if (process.platform !== 'linux' || !layoutKnown) return portable;
  try {
    return openLinuxKernelSocket();
  } catch {
    // A Node without node:ffi, or one that was started without permission for it.
    return portable;
  }
}
