// Where an arrow key leads among elements that flow in lines: left and right follow the order, up
// and down go to the nearest one of the next line in that direction.

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** The stop to focus next; nothing when the key is not an arrow or there is no stop that way. */
export function neighbour(container: HTMLElement, key: string): HTMLElement | undefined {
  const stops = [...container.querySelectorAll<HTMLElement>('[data-key]')];
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? stops.indexOf(focused) : -1;
  const from = stops[at];
  if (from === undefined) return undefined;
  const step = STEPS[key];
  if (step !== undefined) return stops[at + step];
  if (key === 'Home') return stops[0];
  if (key === 'End') return stops.at(-1);
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  return nearest(stops, from, key === 'ArrowDown');
}

function nearest(
  stops: readonly HTMLElement[],
  from: HTMLElement,
  downward: boolean,
): HTMLElement | undefined {
  const origin = from.getBoundingClientRect();
  let best: HTMLElement | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const stop of stops) {
    const box = stop.getBoundingClientRect();
    const away = downward ? box.top - origin.bottom : origin.top - box.bottom;
    if (away < -1) continue;
    const distance = away * 4 + Math.abs(box.left + box.width / 2 - origin.left - origin.width / 2);
    if (distance < bestDistance) {
      best = stop;
      bestDistance = distance;
    }
  }
  return best;
}
