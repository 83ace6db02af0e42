// What a peer says first, looked at without being taken: the steps after it hear it again. It is
// whole at the end of a line that announces no other, at a lull, or when its time is over.

import type { Clock, Fault } from '@holdfast/kernel';
import type { Peer } from './peer.ts';
import { type Recognition, recognize } from './recognize.ts';

export interface Banner {
  /** Empty when the peer said nothing. */
  bytes: Buffer;
  recognized?: Recognition;
}

/** Longer than the way of two packets that were sent together. */
const LULL_MS = 150;
/** FTP and SMTP write `220-` where another line follows (RFC 959 section 4.2). */
const OPEN_LINE = /(?:^|\n)\d{3}-[^\n]*\n$/;
/** Nobody introduces himself longer. */
const BANNER_BYTES_MAX = 4096;

export async function readBanner(
  peer: Peer,
  bannerMs: number,
  clock: Clock,
): Promise<{ banner: Banner; fault?: Fault }> {
  let isOver = false;
  const end = () => {
    isOver = true;
    peer.nudge();
  };
  const limit = clock.after(bannerMs, end);
  let lull = limit;
  let length = 0;
  const said = await peer.until(() => {
    const bytes = peer.unread();
    if (isOver || bytes.length >= BANNER_BYTES_MAX || isWhole(bytes)) return bytes;
    if (bytes.length > length) {
      if (lull !== limit) lull.cancel();
      lull = clock.after(Math.min(LULL_MS, bannerMs), end);
    }
    length = bytes.length;
    return undefined;
  });
  limit.cancel();
  lull.cancel();
  const bytes = peer.unread().subarray(0, BANNER_BYTES_MAX);
  const recognized = recognize(bytes);
  const banner = recognized === undefined ? { bytes } : { bytes, recognized };
  return said.kind === 'fault' ? { banner, fault: said.fault } : { banner };
}

function isWhole(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return text.endsWith('\n') && !OPEN_LINE.test(text);
}
