// The C library calls that ICMP needs and Node lacks, through node:ffi, for Linux on x64 and arm64.
// Loaded by the main thread and by the receiver, each for itself. Buffers handed in must outlive the
// call, and those whose address is taken must live as long as the address is used.

export type CLibrary = ReturnType<typeof openCLibrary>;

/** undefined where node:ffi cannot be had or the layout of structures is not known. */
export function tryCLibrary(): CLibrary | undefined {
  const layoutKnown = process.arch === 'x64' || process.arch === 'arm64';
  if (process.platform !== 'linux' || !layoutKnown) return undefined;
  try {
    return openCLibrary();
  } catch {
    // A Node without node:ffi, or one that was started without permission for it.
    return undefined;
  }
}

export function openCLibrary() {
  // Asked for at run time, because a Node without it must still be able to load this file.
  const ffi = process.getBuiltinModule('node:ffi');
  const { functions } = ffi.dlopen(null, {
    socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    setsockopt: { arguments: ['i32', 'i32', 'i32', 'buffer', 'u32'], return: 'i32' },
    sendto: { arguments: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], return: 'i64' },
    recvmmsg: { arguments: ['i32', 'buffer', 'u32', 'i32', 'pointer'], return: 'i32' },
    poll: { arguments: ['buffer', 'u64', 'i32'], return: 'i32' },
    eventfd: { arguments: ['u32', 'i32'], return: 'i32' },
    read: { arguments: ['i32', 'buffer', 'u64'], return: 'i64' },
    write: { arguments: ['i32', 'buffer', 'u64'], return: 'i64' },
    close: { arguments: ['i32'], return: 'i32' },
    clock_gettime: { arguments: ['i32', 'buffer'], return: 'i32' },
    __errno_location: { arguments: [], return: 'pointer' },
  });
  // Each thread has its own errno, at a place that never moves.
  const errnoAt = functions.__errno_location();
  return {
    call: functions,
    /** Of the last call that failed; to be asked for right after it. */
    errno: () => ffi.getInt32(errnoAt),
    addressOf: (view: Uint8Array | Uint32Array) => ffi.getRawPointer(view),
  };
}
