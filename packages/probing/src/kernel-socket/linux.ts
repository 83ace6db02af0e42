// TCP_INFO on Linux: getsockopt of the C library on the socket's own descriptor, one call of about
// 1 us into one buffer that all calls share. Places are of struct tcp_info in linux/tcp.h, which only
// ever grows at its end, counted in its words of 32 bits. It must never be handed a descriptor that
// may be closed or reused: it is read from the live handle in the same call.

import type { Socket } from 'node:net';
import type { KernelFacts } from '@holdfast/resources/result';
import type { KernelSocket } from './kernel-socket.ts';

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const SND_MSS_WORD = 4;
const RTT_WORD = 17;
const RTT_VARIANCE_WORD = 18;
const TOTAL_RETRANS_WORD = 25;
/** Up to the end of the last field read. */
const BYTES_NEEDED = (TOTAL_RETRANS_WORD + 1) * 4;
const BUFFER_BYTES = 256;

/** Throws where node:ffi or getsockopt cannot be had. */
export function openLinuxKernelSocket(): KernelSocket {
  // Asked for at run time, because a Node without it must still be able to load this file.
  const { getsockopt } = process.getBuiltinModule('node:ffi').dlopen(null, {
    getsockopt: { arguments: ['i32', 'i32', 'i32', 'buffer', 'buffer'], return: 'i32' },
  }).functions;
  const answer = new Uint32Array(BUFFER_BYTES / 4);
  const length = new Uint32Array(1);
  return {
    facts(socket) {
      const descriptor = descriptorOf(socket);
      if (descriptor === undefined) return undefined;
      length[0] = BUFFER_BYTES;
      if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, answer, length) !== 0) return undefined;
      return (length[0] ?? 0) < BYTES_NEEDED ? undefined : factsOf(answer);
    },
  };
}

/** The kernel counts in us. */
function factsOf(answer: Uint32Array): KernelFacts {
  return {
    handshakeMs: (answer[RTT_WORD] ?? 0) / 1000,
    rttVarianceMs: (answer[RTT_VARIANCE_WORD] ?? 0) / 1000,
    retransmits: answer[TOTAL_RETRANS_WORD] ?? 0,
    mssBytes: answer[SND_MSS_WORD] ?? 0,
  };
}

/** Node shows no descriptor publicly; the handle's is absent on Windows and negative once closed. */
function descriptorOf(socket: Socket): number | undefined {
  const handle = (socket as Socket & { _handle?: { fd?: number } | null })._handle;
  const descriptor = handle?.fd;
  return descriptor === undefined || descriptor < 0 ? undefined : descriptor;
}
