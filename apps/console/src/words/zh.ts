// Every word the console says, in Chinese. Typed against en.ts: a missing or surplus key does not
// compile. Measure words and order follow Chinese use, not the English sentence.

import type { Words } from './en.ts';
import { zhCharts } from './zh-charts.ts';
import { zhCheck } from './zh-check.ts';
import { zhEditor } from './zh-editor.ts';
import { zhEvidence } from './zh-evidence.ts';
import { zhFleet } from './zh-fleet.ts';

export const zh: Words = {
  locale: 'zh-CN',
  languageName: '中文',
  span: { second: '秒', minute: '分', hour: '小时', day: '天' },
  ago: (span) => `${span}前`,
  inFuture: (span) => `${span}后`,
  now: '刚刚',
  since: (time) => `自 ${time}`,
  forSpan: (span) => `已 ${span}`,
  times: '时区',

  states: { up: '正常', degraded: '不稳', down: '故障', unknown: '未知' },
  statuses: { up: '正常', down: '故障', timeout: '超时', invalid: '无效' },
  paused: '已暂停',
  phases: {
    resolve: '解析',
    connect: '连接',
    tls: 'TLS',
    write: '发送',
    wait: '等待',
    transfer: '接收',
  },
  faultClasses: {
    name: '域名无法解析',
    connect: '无法连接',
    tls: 'TLS 失败',
    timeout: '超时',
    protocol: '应答损坏',
    refusal: '被服务器拒绝',
    server: '服务器出错',
    assertion: '应答不符预期',
    prober: '无法测量',
  },

  pages: { overview: '总览', checks: '检查', alerts: '告警', fleet: '集群' },
  skipToContent: '跳到内容',
  navigation: '页面',
  settings: '设置',
  more: '更多',
  theme: { label: '主题', system: '跟随系统', light: '浅色', dark: '深色' },
  language: '语言',
  keysTitle: '快捷键',
  namespace: '命名空间',
  allNamespaces: '全部命名空间',
  searchOrJump: '搜索或跳转…',

  live: {
    connecting: '连接中',
    live: '实时',
    reconnecting: '重新连接中',
    stale: (time) => `数据停在 ${time}`,
    liveHint: '结果一经测得便显示在此。',
    staleHint: '此后未再收到服务器的消息，所见可能已不属实。',
  },

  verdict: {
    down: (down, total) =>
      total === 1 ? '唯一的检查出现故障' : `${total} 项检查中有 ${down} 项故障`,
    degraded: (degraded, total) => `${total} 项检查中有 ${degraded} 项不稳，无故障`,
    unknown: (unknown, total) =>
      unknown === total
        ? '尚无任何结果'
        : `${total} 项检查中有 ${unknown} 项没有有效结果，其余正常`,
    up: (total) => (total === 1 ? '唯一的检查正常' : `全部 ${total} 项检查正常`),
    none: '还没有检查',
    unchanged: (span) => `状态已 ${span}没有变化`,
    asOf: (time) => `截至 ${time}`,
    loading: '载入中',
  },

  attention: {
    title: '需要处理',
    certificate: (days) =>
      days < 0 ? '证书已过期' : days === 0 ? '证书将在一天内过期' : `证书将在 ${days} 天后过期`,
    recovering: '已恢复，最近 5 次运行中有失败',
    failedLately: '近期失败',
    noAlert: '未触发告警',
    alerted: '已告警',
    more: (count) => `还有 ${count} 项`,
  },
  delivery: {
    delivered: (channel) => `${channel} 已送达`,
    failed: (channel, attempts) => `${channel} 尝试 ${attempts} 次后失败`,
    pending: (channel) => `${channel} 待发送`,
    states: { pending: '待发送', delivered: '已送达', failed: '失败' },
    events: { fired: '触发', recovered: '恢复' },
    attempts: (count) => `${count} 次尝试`,
    none: '未通知任何渠道',
  },

  overview: {
    allChecks: '全部检查',
    groupBy: '分组',
    groupings: { namespace: '命名空间', state: '状态', none: '不分组' },
    byLabel: (key) => `标签 ${key}`,
    withoutLabel: '无此标签',
    recentAlerts: '最近的告警',
    noAlerts: '没有触发过告警。',
    agents: '探测器',
    noAgent: '没有探测器连接：没有进行任何测量。',
    agentConnected: '已连接',
    agentLost: '未连接',
    agentChecks: '检查',
    agentInFlight: '进行中',
    agentRuns: '运行',
    agentMissed: '错过',
    agentLag: '调度延迟 p99',
    agentMemory: '内存',
    lastRun: '上次运行',
    neverRan: '尚未运行',
  },
  firstRun: {
    title: '这是演示。接下来检查您自己的服务:',
    titleEmpty: '还没有检查任何服务。接下来:',
    init: '写出第一份配置文件',
    edit: '填入您关心的服务，保存后自动生效',
    probe: '或者现在就对一个地址探测一次',
  },
  configProblem: {
    title: '磁盘上的配置有错误；仍使用上一份正确的配置',
    validate: '运行 holdfast validate 查看全部错误。',
  },

  checks: {
    filter: '按名称、目标或标签筛选',
    count: (shown, total) =>
      shown === total ? `${total} 项检查` : `${total} 项检查中的 ${shown} 项`,
    nothing: '没有符合条件的检查',
    nothingHint: '请去掉一个筛选条件，或全部清除。',
    clear: '清除筛选',
    label: '标签',
    anyLabel: '任意标签',
    removeFilter: (label) => `去掉筛选 ${label}`,
    columns: {
      state: '状态',
      name: '名称',
      target: '目标',
      history: '最近 60 次运行',
      last: '上次',
      p50: 'p50',
      p95: 'p95',
      availability: '24 小时可用率',
      interval: '间隔',
      labels: '标签',
    },
  },

  ...zhCheck,
  ...zhCharts,
  ...zhEvidence,
  ...zhEditor,
  ...zhFleet,

  alerts: {
    title: '告警',
    firing: '触发中',
    recovered: '已恢复',
    all: '全部',
    none: '没有触发过告警。',
    nothing: '没有符合条件的告警。',
    rule: '规则',
    check: '检查',
    began: '开始',
    fired: '触发',
    lasted: '持续',
    failures: (count) => `连续 ${count} 次失败`,
    stillOn: (span) => `至今 ${span}`,
    recoveredAfter: (span) => `${span}后恢复`,
    verdictFiring: (count) => `${count} 个告警触发中`,
    verdictQuiet: '没有触发中的告警',
    deliveries: '通知',
    showMore: '显示更多',
  },

  range: {
    label: '时间范围',
    custom: '自定义',
    from: '从',
    to: '到',
    apply: '显示',
    invalid: '结束必须晚于开始。',
  },

  palette: {
    placeholder: '前往页面或检查…',
    nothing: '没有匹配项',
    page: '页面',
    check: '检查',
    action: '操作',
    themeAction: '切换浅色与深色',
    languageAction: 'Switch to English',
    keysAction: '显示全部快捷键',
  },
  keys: {
    search: '在本页搜索',
    palette: '跳转到页面或检查',
    move: '下移、上移',
    arrows: '在网格与历史条中移动',
    open: '打开',
    close: '关闭、清除或返回',
    goOverview: '前往总览',
    goChecks: '前往检查',
    goAlerts: '前往告警',
    goFleet: '前往集群',
    help: '显示快捷键',
  },

  close: '关闭',
  copy: '复制',
  copied: '已复制',
  copyFailed: '复制失败',
  retry: '重试',
  format: '格式',
  failure: {
    title: '无法载入',
    UNREACHABLE: '服务器没有应答。holdfast 是否仍在此地址运行？',
    DEADLINE: '服务器在 15 秒内没有应答。',
    NOT_JSON: '应答不是来自此 API:可能有其他程序占用此地址。',
    trace: '追踪',
    crashed: '此页面出错',
    crashedHint: '控制台自身的故障。请重新载入；若仍出现，请附上此文字报告。',
    reload: '重新载入',
  },
  missing: {
    title: '没有这个页面',
    hint: '地址可能有误。',
    back: '前往总览',
  },
};
