// What is being written survives a reload and a walk to another page, in this tab only. A browser that
// keeps nothing is no reason to fail.

const KEY = 'holdfast.editor';

/** `source`: what the text began as, so that one copy is never taken for another. */
export function keptText(source: string): string | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return undefined;
    const { source: from, text } = kept as { source?: unknown; text?: unknown };
    return from === source && typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

export function keepText(source: string, text: string): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ source, text }));
  } catch {
    // Full or forbidden: then it lasts as long as the page.
  }
}
