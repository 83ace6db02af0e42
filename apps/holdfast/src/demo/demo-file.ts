// The configuration of the demo, as a file like anybody's: it shows the form, and edits to it are
// taken up live until the next start writes it anew.

import type { DemoTargets } from './demo-targets.ts';

export function demoFile(targets: DemoTargets): string {
  return `# The demo of Holdfast: targets on this machine, written anew at each start.
# For your own checks run \`holdfast init\` and start with \`holdfast up --file holdfast.yaml\`.

limits: # a demo may hurry; default 5s to 5m
  interval: { min: 1s }

defaults:
  interval: 5s
  timeout: 2s

checks:
  - name: storefront
    type: http
    target: ${targets.fast}
    interval: 2s
    expect:
      status: 200
      json: { status: ok }
      that: json.queue < 10 && total_ms < 500.0
    labels: { team: shop, tier: edge }

  - name: search
    type: http
    target: ${targets.slow}
    labels: { team: shop, tier: backend }

  - name: payments
    type: http
    target: ${targets.flaky}
    labels: { team: billing, tier: backend }

  - name: shop certificate
    type: http
    target: ${targets.expiring}
    interval: 10s
    tls:
      ca: |
${indent(targets.authority, 8)}
    expect:
      certificateDays: 14
    labels: { team: shop, tier: edge }

  - name: legacy reports
    type: http
    target: ${targets.silent}
    interval: 10s
    labels: { team: billing, tier: backend }

  - name: orders database
    type: tcp
    target: ${targets.database}
    labels: { team: shop, tier: data }

channels:
  - name: demo-pager
    type: webhook
    url: ${targets.pager}

alerts:
  - name: page after three failures
    failures: 3
    recoveries: 2
    channels: [demo-pager]
`;
}

function indent(text: string, columns: number): string {
  return text
    .trim()
    .split('\n')
    .map((line) => ' '.repeat(columns) + line)
    .join('\n');
}
