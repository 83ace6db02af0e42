// The words of heat map, latency by status and earlier ranges, in English: a part of en.ts.

export const enCharts = {
  heat: {
    label: 'Heat map of latency: time to the right, latency upwards',
    view: 'Show latency as',
    views: { lines: 'Lines', heat: 'Heat map' },
    compare: 'Compare with',
    compareNone: 'No comparison',
    comparisons: { previous: 'Range before', '1d': 'A day earlier', '7d': 'A week earlier' },
    earlier: 'then, p50',
    failedRuns: 'failed runs',
    byStatus: 'Latency by status',
    code: 'Code',
    runs: 'Runs',
    offset: (name: string, by: string, later: boolean, good: string): string =>
      `${name} answer ${by} ${later ? 'later' : 'sooner'} than ${good} (p90)`,
  },
} as const;
