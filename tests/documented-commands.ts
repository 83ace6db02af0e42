// The commands that a page shows, for tests that run them.

/** Lines of `sh` blocks, and those after a `$ ` of `console` blocks; comments cut. */
export function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/```(sh|console)\n([\s\S]*?)```/g)];
  return blocks
    .flatMap(([, language, text = '']) => {
      const lines = text.split('\n');
      return language === 'sh'
        ? lines
        : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    })
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}
