// The words of heat map, latency by status and earlier ranges, in Chinese: a part of zh.ts.

import type { Words } from './en.ts';

export const zhCharts: Pick<Words, 'heat'> = {
  heat: {
    label: '延迟热图：横轴为时间，纵轴为延迟',
    view: '延迟显示为',
    views: { lines: '折线', heat: '热图' },
    compare: '对比',
    compareNone: '不对比',
    comparisons: { previous: '前一段', '1d': '一天前', '7d': '一周前' },
    earlier: '当时 p50',
    failedRuns: '失败的运行',
    byStatus: '按状态的延迟',
    code: '代码',
    runs: '运行',
    offset: (name, by, later, good) =>
      `${name} 比 ${good} ${later ? '晚' : '早'} ${by} 应答（p90）`,
  },
};
