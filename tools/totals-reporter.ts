// A reporter for node's test runner that writes one JSON line: the totals of the whole run.

interface Summary {
  type: string;
  data: { file?: string; counts?: Record<string, number> };
}

export default async function* totals(source: AsyncIterable<Summary>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    yield `${JSON.stringify(event.data.counts)}\n`;
  }
}
