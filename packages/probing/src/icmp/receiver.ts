// The receiving half of ICMP, for a thread of its own: sleeps in the kernel until a packet comes or
// somebody wakes it, takes all packets there are, and writes what they say into the ring. It reads
// nothing but ICMP sockets, decides nothing, and must never spin: whatever poll reports is consumed.

import type { CLibrary } from './c-library.ts';
import { readControlMessages } from './control-messages.ts';
import { readEchoNews, readQueuedError } from './echo-news.ts';
import { type BatchMessage, MessageBatch, MSG_ERRQUEUE } from './message-batch.ts';
import type { NewsRing } from './news-ring.ts';
import type { ReceiverOrders } from './receiver-orders.ts';

export interface ReceiverParts {
  library: CLibrary;
  ring: NewsRing;
  orders: ReceiverOrders;
  /** Wakes the reader of the ring. */
  wake: () => void;
}

/** Should a wake-up ever be missed, the end of the process is held up no longer than this. */
const SLEEP_MS_MAX = 1000;
/** Batches taken from one socket in a row, so that none starves the others. */
const ROUNDS_MAX = 8;
const POLL_ENTRY_BYTES = 8;
const POLLIN = 1;
const EINTR = 4;
const VERSIONS = [4, 6] as const;

/** Throws when the kernel refuses to let us sleep: going on would spin. */
export function receiveUntilStopped(parts: ReceiverParts): void {
  const { library, ring, orders, wake } = parts;
  const batch = new MessageBatch(library);
  const entries = Buffer.from(new ArrayBuffer((VERSIONS.length + 1) * POLL_ENTRY_BYTES));
  const counter = Buffer.from(new ArrayBuffer(8));
  while (!orders.stopped) {
    const ready = sleep(parts, entries);
    if (ready === 0) continue;
    if (isReady(entries, VERSIONS.length)) library.call.read(orders.wakeDescriptor, counter, 8n);
    VERSIONS.forEach((version, at) => {
      if (isReady(entries, at)) receiveAll(parts, batch, version);
    });
    if (ring.mustWake()) wake();
  }
}

/** Until there is something to read; answers how many descriptors have something. */
function sleep({ library, orders }: ReceiverParts, entries: Buffer): number {
  // A negative descriptor, of a socket that is not open, is passed over by poll.
  const descriptors = VERSIONS.map((version) => orders.socket(version).descriptor);
  descriptors.push(orders.wakeDescriptor);
  descriptors.forEach((descriptor, at) => {
    entries.writeInt32LE(descriptor, at * POLL_ENTRY_BYTES);
    entries.writeInt32LE(POLLIN, at * POLL_ENTRY_BYTES + 4);
  });
  const ready = library.call.poll(entries, BigInt(descriptors.length), SLEEP_MS_MAX);
  if (ready >= 0) return ready;
  const errno = library.errno();
  if (errno !== EINTR) throw new Error(`poll failed with errno ${errno}`);
  return 0;
}

function receiveAll(parts: ReceiverParts, batch: MessageBatch, version: 4 | 6): void {
  const { descriptor } = parts.orders.socket(version);
  // The error queue first: taking from it also clears the error that the next call would report.
  for (const flags of [MSG_ERRQUEUE, 0]) {
    let received = batch.capacity;
    for (let round = 0; round < ROUNDS_MAX && received === batch.capacity; round += 1) {
      received = batch.receive(descriptor, flags);
      for (let at = 0; at < received; at += 1) {
        const message = batch.read(at);
        if (flags === MSG_ERRQUEUE) takeError(parts.ring, version, message);
        else takePacket(parts, version, message);
      }
    }
  }
}

function takePacket(
  { ring, orders }: ReceiverParts,
  version: 4 | 6,
  { bytes, name, control, cut }: BatchMessage,
): void {
  const { raw } = orders.socket(version);
  const from = addressIn(name, version);
  const news = readEchoNews({ version, bytes, withIpHeader: raw && version === 4, from, cut });
  if (news === undefined) return;
  // A ping socket is given its own packets only, a raw one those of every program.
  if (raw && news.identifier !== orders.identifier) return;
  ring.write(news, readControlMessages(control));
}

/** Of a ping socket; the kernel has taken the ICMP error apart. */
function takeError(ring: NewsRing, version: 4 | 6, { bytes, name, control }: BatchMessage): void {
  const { error } = readControlMessages(control);
  if (error === undefined) return;
  const { from, type, code } = error;
  const destination = addressIn(name, version);
  const news = readQueuedError({ version, bytes, from }, { type, code, destination });
  if (news !== undefined) ring.write(news, {});
}

function addressIn(name: Buffer, version: 4 | 6): Buffer {
  return version === 4 ? name.subarray(4, 8) : name.subarray(8, 24);
}

function isReady(entries: Buffer, at: number): boolean {
  return entries.readInt16LE(at * POLL_ENTRY_BYTES + 6) !== 0;
}
