// How to show every check in the room there is: rows with history while they fit, else cells, as
// large as they fit. Pure arithmetic on group sizes, so that the page is laid out once, unshaken.

export interface GridPlan {
  mode: 'rows' | 'cells';
  /** Distance from one cell to the next; 0 for rows. */
  pitchPx: number;
  /** Group numbers of each column, in order. A group of rows that stands alone is cut into columns. */
  columns: { group: number; from: number; to: number }[][];
  heightPx: number;
}

export const ROW_PX = 28;
export const GROUP_HEAD_PX = 26;
export const GROUP_GAP_PX = 10;
export const COLUMN_GAP_PX = 24;

/** Largest first: 22 px can be touched, 9 px is the smallest whose shape can still be told. */
const PITCHES_PX = [22, 20, 18, 16, 14, 13, 12, 11, 10, 9] as const;
const ROW_COLUMN_PX_MIN = 360;
const CELL_COLUMN_PX_MIN = 118;

/** `headed` false = one group without a heading. More checks than `rowsMax` are cells even where rows would fit. */
export function planGrid(
  sizes: readonly number[],
  widthPx: number,
  heightPx: number,
  headed: boolean,
  rowsMax = Number.POSITIVE_INFINITY,
): GridPlan {
  const rows = planRows(sizes, widthPx, headed);
  const count = sizes.reduce((sum, size) => sum + size, 0);
  if (rows.heightPx <= heightPx && count <= rowsMax) return rows;
  let smallest: GridPlan | undefined;
  for (const pitchPx of PITCHES_PX) {
    const plan = planCells(sizes, widthPx, pitchPx, headed);
    if (plan.heightPx <= heightPx) return plan;
    if (smallest === undefined || plan.heightPx < smallest.heightPx) smallest = plan;
  }
  return smallest ?? rows;
}

/** The round mark inside a cell: near two thirds of it, and centred on whole pixels. */
export function dotPx(pitchPx: number): number {
  return pitchPx - 2 * Math.round(pitchPx * 0.19);
}

function planRows(sizes: readonly number[], widthPx: number, headed: boolean): GridPlan {
  const count = Math.max(
    1,
    Math.floor((widthPx + COLUMN_GAP_PX) / (ROW_COLUMN_PX_MIN + COLUMN_GAP_PX)),
  );
  const blocks = sizes.length === 1 ? cut(sizes[0] ?? 0, count) : whole(sizes);
  const heights = blocks.map((block) => blockPx(block.to - block.from, ROW_PX, headed));
  return { mode: 'rows', pitchPx: 0, ...distribute(blocks, heights, count) };
}

function planCells(
  sizes: readonly number[],
  widthPx: number,
  pitchPx: number,
  headed: boolean,
): GridPlan {
  const countMax =
    sizes.length === 1
      ? 1
      : Math.floor((widthPx + COLUMN_GAP_PX) / (CELL_COLUMN_PX_MIN + COLUMN_GAP_PX));
  const blocks = whole(sizes);
  let best: GridPlan | undefined;
  for (let count = 1; count <= Math.max(1, Math.min(countMax, sizes.length)); count += 1) {
    const columnPx = (widthPx - COLUMN_GAP_PX * (count - 1)) / count;
    const perLine = Math.max(1, Math.floor(columnPx / pitchPx));
    const heights = sizes.map((size) => blockPx(Math.ceil(size / perLine), pitchPx, headed));
    const plan: GridPlan = { mode: 'cells', pitchPx, ...distribute(blocks, heights, count) };
    if (best === undefined || plan.heightPx < best.heightPx) best = plan;
  }
  return best ?? { mode: 'cells', pitchPx, columns: [], heightPx: 0 };
}

type Block = GridPlan['columns'][number][number];

function whole(sizes: readonly number[]): Block[] {
  return sizes.map((size, group) => ({ group, from: 0, to: size }));
}

function cut(size: number, count: number): Block[] {
  const each = Math.max(1, Math.ceil(size / count));
  const blocks: Block[] = [];
  for (let from = 0; from < size; from += each)
    blocks.push({ group: 0, from, to: Math.min(size, from + each) });
  return blocks;
}

function blockPx(lines: number, linePx: number, headed: boolean): number {
  return lines * linePx + (headed ? GROUP_HEAD_PX : 0) + GROUP_GAP_PX;
}

/** Keeps the order and makes the tallest column as low as possible: bisects the height, then fills. */
function distribute(
  blocks: readonly Block[],
  heights: readonly number[],
  count: number,
): Pick<GridPlan, 'columns' | 'heightPx'> {
  let low = Math.max(0, ...heights);
  let high = heights.reduce((sum, height) => sum + height, 0);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fill(blocks, heights, middle).length <= count) high = middle;
    else low = middle + 1;
  }
  const heightPx = fill(blocks, heights, low).length <= count ? low : high;
  return { columns: fill(blocks, heights, heightPx), heightPx };
}

function fill(blocks: readonly Block[], heights: readonly number[], limitPx: number): Block[][] {
  const columns: Block[][] = [];
  let usedPx = Number.POSITIVE_INFINITY;
  blocks.forEach((block, index) => {
    const heightPx = heights[index] ?? 0;
    if (usedPx + heightPx > limitPx) {
      columns.push([]);
      usedPx = 0;
    }
    columns.at(-1)?.push(block);
    usedPx += heightPx;
  });
  return columns;
}
