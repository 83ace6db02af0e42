// The size of an element and of the window, measured before the paint, so that what is laid out by
// them never jumps.

import { type RefObject, useLayoutEffect, useState, useSyncExternalStore } from 'react';

export interface Size {
  widthPx: number;
  heightPx: number;
  /** Of the element's upper edge, from the top of the page. */
  topPx: number;
}

/** Absent until the element stands. `depends`: what may move the element without resizing it. */
export function useSize(
  element: RefObject<HTMLElement | null>,
  depends: unknown,
): Size | undefined {
  const [size, setSize] = useState<Size>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: depends is a reason to measure again.
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const measure = (): void => {
      const box = measured.getBoundingClientRect();
      const next = {
        widthPx: Math.floor(box.width),
        heightPx: Math.floor(box.height),
        topPx: Math.floor(box.top + window.scrollY),
      };
      setSize((before) =>
        before !== undefined &&
        before.widthPx === next.widthPx &&
        before.heightPx === next.heightPx &&
        before.topPx === next.topPx
          ? before
          : next,
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element, depends]);
  return size;
}

export function useWindowHeight(): number {
  return useSyncExternalStore(onResize, () => window.innerHeight);
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}

function onResize(listener: () => void): () => void {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}
