// What the charts of a check share: the frame that they stand in, colours from the tokens, marks, and
// labels of the time axis. No chart library: the heat map draws without one.

/** Equal in the style of the strip above the charts (check.css). */
export const AXIS_PX = 58;
export const RIGHT_PX = 24;
export const CHART_HEIGHT_PX = 210;

/** Custom properties hold unresolved text (light-dark()); only a used colour tells what it is. */
export function tokenReader(element: HTMLElement): (token: string) => string {
  const probe = document.createElement('i');
  element.append(probe);
  return (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
}

export function drawTriangle(
  ctx: CanvasRenderingContext2D,
  x: number,
  foot: number,
  half: number,
  colour: string,
): void {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x, foot - half * 1.8);
  ctx.lineTo(x + half, foot);
  ctx.lineTo(x - half, foot);
  ctx.fill();
}

const DAY_S = 86_400;

export function timeLabels(splits: readonly number[], stepS: number, locale: string): string[] {
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    ...(stepS < 60 ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  return splits.map((atS) => {
    const at = new Date(atS * 1000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
    return stepS >= DAY_S || midnight ? day.format(at) : time.format(at);
  });
}
