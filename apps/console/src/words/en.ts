// Every word the console says, in English. A text with a number in it is a function, so that each
// language can bend it; zh.ts must have the same keys or it does not compile. Words that come from
// the server (messages, cures, names) are shown as they are.

import { enCharts } from './en-charts.ts';
import { enCheck } from './en-check.ts';
import { enEditor } from './en-editor.ts';
import { enEvidence } from './en-evidence.ts';
import { enFleet } from './en-fleet.ts';
import { n, plural } from './english-numbers.ts';

export const en = {
  locale: 'en-GB',
  languageName: 'English',
  span: { second: 's', minute: 'min', hour: 'h', day: 'd' },
  ago: (span: string): string => `${span} ago`,
  inFuture: (span: string): string => `in ${span}`,
  now: 'now',
  since: (time: string): string => `since ${time}`,
  forSpan: (span: string): string => `for ${span}`,
  times: 'Times in',

  states: { up: 'Up', degraded: 'Degraded', down: 'Down', unknown: 'Unknown' },
  statuses: { up: 'Up', down: 'Down', timeout: 'Timeout', invalid: 'Invalid' },
  paused: 'Paused',
  phases: {
    resolve: 'Name',
    connect: 'Connect',
    tls: 'TLS',
    write: 'Write',
    wait: 'Wait',
    transfer: 'Transfer',
  },
  faultClasses: {
    name: 'Name not resolved',
    connect: 'No connection',
    tls: 'TLS failed',
    timeout: 'Timed out',
    protocol: 'Broken answer',
    refusal: 'Refused by server',
    server: 'Server failed',
    assertion: 'Unexpected answer',
    prober: 'Could not be measured',
  },

  pages: { overview: 'Overview', checks: 'Checks', alerts: 'Alerts', fleet: 'Fleet' },
  skipToContent: 'Skip to content',
  navigation: 'Pages',
  settings: 'Settings',
  more: 'More',
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  language: 'Language',
  keysTitle: 'Keys',
  namespace: 'Namespace',
  allNamespaces: 'All namespaces',
  searchOrJump: 'Search or jump to…',

  live: {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: 'Reconnecting',
    stale: (time: string): string => `Stale since ${time}`,
    liveHint: 'Results appear here as they are measured.',
    staleHint: 'Nothing was heard from the server since then; what you see may no longer be true.',
  },

  verdict: {
    down: (down: number, total: number): string =>
      total === 1
        ? 'The only check is down'
        : `${n(down)} of ${n(total)} checks ${plural(down, 'is', 'are')} down`,
    degraded: (degraded: number, total: number): string =>
      `${n(degraded)} of ${n(total)} checks ${plural(degraded, 'is', 'are')} degraded, none is down`,
    unknown: (unknown: number, total: number): string =>
      unknown === total
        ? 'No check has a result yet'
        : `${n(unknown)} of ${n(total)} checks ${plural(unknown, 'has', 'have')} no valid result, the others are up`,
    up: (total: number): string =>
      total === 1 ? 'The only check is up' : `All ${n(total)} checks are up`,
    none: 'No checks yet',
    unchanged: (span: string): string => `No state has changed for ${span}`,
    asOf: (time: string): string => `as of ${time}`,
    loading: 'Loading',
  },

  attention: {
    title: 'Needs attention',
    certificate: (days: number): string =>
      days < 0
        ? 'certificate has expired'
        : days === 0
          ? 'certificate expires within a day'
          : `certificate expires in ${days} ${plural(days, 'day', 'days')}`,
    recovering: 'up again, failed within the last 5 runs',
    failedLately: 'failed lately',
    noAlert: 'no alert raised',
    alerted: 'Alerted',
    more: (count: number): string => `${n(count)} more`,
  },
  delivery: {
    delivered: (channel: string): string => `${channel} delivered`,
    failed: (channel: string, attempts: number): string =>
      `${channel} failed after ${attempts} ${plural(attempts, 'try', 'tries')}`,
    pending: (channel: string): string => `${channel} pending`,
    states: { pending: 'Pending', delivered: 'Delivered', failed: 'Failed' },
    events: { fired: 'Fired', recovered: 'Recovered' },
    attempts: (count: number): string => `${count} ${plural(count, 'try', 'tries')}`,
    none: 'No channel was told',
  },

  overview: {
    allChecks: 'All checks',
    groupBy: 'Group by',
    groupings: { namespace: 'Namespace', state: 'State', none: 'Nothing' },
    byLabel: (key: string): string => `Label ${key}`,
    withoutLabel: 'without this label',
    recentAlerts: 'Recent alerts',
    noAlerts: 'No alert has fired.',
    agents: 'Agents',
    noAgent: 'No agent is connected: nothing is measured.',
    agentConnected: 'connected',
    agentLost: 'not connected',
    agentChecks: 'checks',
    agentInFlight: 'in flight',
    agentRuns: 'runs',
    agentMissed: 'missed',
    agentLag: 'schedule lag p99',
    agentMemory: 'memory',
    lastRun: 'Last run',
    neverRan: 'not run yet',
  },
  firstRun: {
    title: 'This is a demo. Next, your own services:',
    titleEmpty: 'Nothing is checked yet. Next:',
    init: 'Write a first configuration file',
    edit: 'Name what matters to you; it is read again when you save',
    probe: 'Or ask one address once, now',
  },
  configProblem: {
    title: 'The configuration on disk has faults; the last good one is in force',
    validate: 'Run holdfast validate for all of them.',
  },

  checks: {
    filter: 'Filter by name, target or label',
    count: (shown: number, total: number): string =>
      shown === total ? `${n(total)} checks` : `${n(shown)} of ${n(total)} checks`,
    nothing: 'No check matches',
    nothingHint: 'Take back a filter, or clear them all.',
    clear: 'Clear filters',
    label: 'Label',
    anyLabel: 'Any label',
    removeFilter: (label: string): string => `Remove filter ${label}`,
    columns: {
      state: 'State',
      name: 'Name',
      target: 'Target',
      history: 'Last 60 runs',
      last: 'Last',
      p50: 'p50',
      p95: 'p95',
      availability: 'Avail. 24 h',
      interval: 'Every',
      labels: 'Labels',
    },
  },

  ...enCheck,
  ...enCharts,
  ...enEvidence,
  ...enEditor,
  ...enFleet,

  alerts: {
    title: 'Alerts',
    firing: 'Firing',
    recovered: 'Recovered',
    all: 'All',
    none: 'No alert has fired.',
    nothing: 'No alert matches.',
    rule: 'Rule',
    check: 'Check',
    began: 'Began',
    fired: 'Fired',
    lasted: 'Lasted',
    failures: (count: number): string => `${count} bad ${plural(count, 'run', 'runs')} in a row`,
    stillOn: (span: string): string => `for ${span} so far`,
    recoveredAfter: (span: string): string => `recovered after ${span}`,
    verdictFiring: (count: number): string =>
      `${count} ${plural(count, 'alert is', 'alerts are')} firing`,
    verdictQuiet: 'No alert is firing',
    deliveries: 'Deliveries',
    showMore: 'Show more',
  },

  range: {
    label: 'Time range',
    custom: 'Custom',
    from: 'From',
    to: 'To',
    apply: 'Show',
    invalid: 'The end must be later than the start.',
  },

  palette: {
    placeholder: 'Go to a page or a check…',
    nothing: 'Nothing matches',
    page: 'Page',
    check: 'Check',
    action: 'Action',
    themeAction: 'Switch between light and dark',
    languageAction: '切换到中文',
    keysAction: 'Show all keys',
  },
  keys: {
    search: 'Search on this page',
    palette: 'Jump to a page or a check',
    move: 'Move down, up',
    arrows: 'Move in the grid and in bars',
    open: 'Open',
    close: 'Close, clear, or go back',
    goOverview: 'Go to overview',
    goChecks: 'Go to checks',
    goAlerts: 'Go to alerts',
    goFleet: 'Go to the fleet',
    help: 'Show these keys',
  },

  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Copying failed',
  retry: 'Try again',
  format: 'Format',
  failure: {
    title: 'Could not be loaded',
    UNREACHABLE: 'The server does not answer. Is holdfast still running on this address?',
    DEADLINE: 'The server did not answer within 15 s.',
    NOT_JSON: 'The answer was not the API’s: something else may listen on this address.',
    trace: 'trace',
    crashed: 'This page broke',
    crashedHint: 'A fault of the console itself. Reload; if it stays, report it with this text.',
    reload: 'Reload',
  },
  missing: {
    title: 'No such page',
    hint: 'The address may be mistyped.',
    back: 'Go to the overview',
  },
} as const;

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer G) => infer R
    ? (...given: G) => R
    : { readonly [K in keyof T]: Widened<T[K]> };

/** What every language must say. */
export type Words = Widened<typeof en>;
