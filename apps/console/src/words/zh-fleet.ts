// The words of the fleet's page, of places and of runs that were asked for, in Chinese: a part of zh.ts.

import type { Words } from './en.ts';

const names = (list: readonly string[]): string =>
  list.length <= 3 ? list.join('、') : `${list.slice(0, 3).join('、')} 等 ${list.length} 个`;

export const zhFleet: Pick<Words, 'fleet' | 'places' | 'asked'> = {
  fleet: {
    well: (serverCount, agentCount) => `${serverCount} 台服务器、${agentCount} 个探测器，全部正常`,
    alone: '一台服务器及其自带的探测器，全部正常',
    servers: '服务器',
    agents: '探测器',
    engines: '引擎',
    runs: '最近请求的运行',
    unassigned: '无处运行的检查',
    counted: {
      servers: () => '台服务器',
      agents: () => '个探测器',
      locations: () => '个地点',
      unwell: '异常',
    },
    live: (live, total, revision) =>
      `资源已在 ${total} 个节点中的 ${live} 个生效，修订号 ${revision}`,
    liveAlone: '资源即此处读取的文件',
    within: '从写入到生效的 p99',
    leads: '主导',
    answers: '正在应答',
    leaderSince: (span) => `已 ${span}`,
    term: (term) => `任期 ${term}`,
    columns: {
      server: '服务器',
      address: '地址',
      version: '版本',
      up: '已运行',
      revision: '修订号',
      lag: '变更 p99',
      agent: '探测器',
      checks: '检查',
      runs: '运行',
      missed: '错过',
      inFlight: '进行中',
      late: '延迟 p99',
      loop: '循环延迟',
      memory: '内存',
      buffered: '待交付',
    },
    hints: {
      late: '运行实际开始晚于计划时间多久，第 99 百分位',
      loop: '探测器的事件循环让到期任务等待多久',
      buffered: '在探测器处等待服务器接收的结果',
      lag: '最近变更在此节点从写入到生效的时间，第 99 百分位',
      revision: '此节点上生效的资源的修订号',
    },
    present: '最新',
    notPresent: (revision) => `不是最新（${revision}）`,
    health: {
      silent: '失联',
      behind: '资源过旧',
      late: '延迟',
      waiting: '结果待交付',
      well: '正常',
      elsewhere: '与另一台服务器通信',
    },
    filter: '按探测器或地点筛选',
    unwellOnly: '异常',
    allAgents: '全部',
    agentCount: (shown, total) =>
      shown === total ? `${total} 个探测器` : `${total} 个探测器中的 ${shown} 个`,
    noneMatches: '没有符合条件的探测器。',
    locationHead: (live, total) =>
      live === total ? `${total} 个探测器` : `${total} 个探测器中 ${live} 个在线`,
    checkCount: (count) => `${count} 项检查`,
    more: (count) => `还有 ${count} 项`,
    startThere: '在那里启动一个探测器：',
    firstAgent: '在您想要测量的地方启动一个探测器：',
    firstAgentHint:
      '它须能访问此服务器；若服务器要求令牌，请在 HOLDFAST_TOKEN 中提供角色为 agent 的令牌。',
    coordination: '协调',
    events: '事件',
    results: '结果',
    members: '成员',
    memberLeads: '主导',
    noRuns: '最近一小时内没有请求过运行。可在检查页面上点按钮，或用命令行：',
    forbidden: '此令牌不能查看集群',
    forbiddenHint:
      '它只属于一个命名空间。服务器、探测器和引擎服务于所有命名空间，仅操作员的令牌可以查看。',
    staleSince: (time) => `自 ${time} 起未能读取此页面。`,
    findings: {
      noLeader: [
        '没有主导服务器',
        '检查仍在原处运行，但探测器失联时不会转移。服务器一旦取得租约便会主导：请查看下方的协调引擎。',
      ],
      memberless: (engine) => [`${engine} 没有主导成员`, '多数成员恢复之前无法写入。'],
      nowhere: (checks, places) => [
        `${checks} 项检查无处运行`,
        `${names(places)} 没有在线的探测器。请在那里启动一个，或在检查中改用其他地点。`,
      ],
      noAgent: ['还没有探测器', '启动探测器之前不会进行任何测量。'],
      silent: (ids) => [
        ids.length === 1 ? `探测器 ${ids[0]} 失联` : `${ids.length} 个探测器失联`,
        `其检查会转移到同一地点的其他探测器${ids.length === 1 ? '' : `：${names(ids)}`}。`,
      ],
      behind: (ids, revision) => [
        ids.length === 1
          ? `${ids[0]} 尚未应用修订号 ${revision}`
          : `${ids.length} 个节点尚未应用修订号 ${revision}`,
        `那里的检查仍按之前的样子运行${ids.length === 1 ? '' : `：${names(ids)}`}。`,
      ],
      faulty: (key, problem, nodes) => [
        `${key} 未按所写生效`,
        `${problem} 其上一份正确的形式在 ${nodes} 个节点上生效。`,
      ],
      late: (ids, lag) => [
        ids.length === 1 ? `探测器 ${ids[0]} 的运行延迟` : `${ids.length} 个探测器的运行延迟`,
        `最多晚 ${lag}${ids.length === 1 ? '' : `：${names(ids)}`}。请为该地点增加探测器，或给机器更多资源。`,
      ],
      waiting: (ids, results) => [
        `${results} 条结果等待服务器接收`,
        `在 ${names(ids)}：那里无法访问服务器，或存储缓慢。`,
      ],
      warning: (engine, text) => [`${engine} 发出警告`, text],
      versions: (list) => [`${list.length} 个版本同时运行`, `${names(list)}：请在空闲时完成升级。`],
    },
  },
  places: {
    title: '地点',
    place: '地点',
    state: '状态',
    last: '上次',
    lastRun: '上次运行',
    what: '经过',
    stale: '无消息，不计入',
    all: '所有地点合计',
    anyPlace: '全部地点',
    filter: '某一地点的结果',
    summary: (bad, total) =>
      bad.length === 0 ? `${total} 个地点均正常` : `${total} 个地点中 ${names(bad)} 故障`,
    partly: (bad, span) => `${names(bad)} 故障已 ${span}，按多数仍为正常`,
    at: (place, state) => `${place} ${state}`,
    alerted: '故障地点',
  },
  asked: {
    title: '请求的运行',
    states: { queued: '排队中', finished: '已完成', expired: '已过期' },
    waits: '等待中',
    untaken: '未接收',
    nobody: '没有探测器可以接收',
    expiredHint: '十分钟内没有探测器接收。',
    by: (who) => `由 ${who} 请求`,
    lost: '无法继续跟踪',
  },
};
