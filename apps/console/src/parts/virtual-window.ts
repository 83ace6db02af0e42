// Which rows of a long list are worth building: those in view and a few around them. Pure; the
// answer depends on whole rows only, so that scrolling by pixels changes nothing.

export interface VirtualWindow {
  /** First row to build. */
  first: number;
  /** One past the last. */
  end: number;
  heightPx: number;
}

/** Rows built beyond each edge: one flick of a wheel. */
const OVERSCAN_ROWS = 8;

export function virtualWindow(
  scrollPx: number,
  viewPx: number,
  rowPx: number,
  count: number,
): VirtualWindow {
  const top = Math.min(Math.max(0, Math.floor(scrollPx / rowPx)), Math.max(0, count - 1));
  const inView = Math.ceil(viewPx / rowPx) + 1;
  const first = Math.max(0, top - OVERSCAN_ROWS);
  const end = Math.min(count, top + inView + OVERSCAN_ROWS);
  return { first, end, heightPx: count * rowPx };
}

/** Where to scroll so that a row is wholly seen; the present place when it is already. */
export function scrollToRow(row: number, scrollPx: number, viewPx: number, rowPx: number): number {
  const topPx = row * rowPx;
  if (topPx < scrollPx) return topPx;
  if (topPx + rowPx > scrollPx + viewPx) return topPx + rowPx - viewPx;
  return scrollPx;
}
