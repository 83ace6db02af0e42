// What the fleets of these tests measure: thirty checks of one web target, a third of them at each
// place alone and a third at both; one of them alerts.

export const INTERVAL_MS = 1_000;
const EACH = 10;
export const CHECKS = 3 * EACH;
/** Of a check and where it is measured. */
export const PLACES = 4 * EACH;

/** A file for `holdfast apply`. */
export function checksFile(target: string, pager: string, more = ''): string {
  const checks = (['fra', 'nyc', 'both'] as const).flatMap((where) =>
    Array.from({ length: EACH }, (_, index) => {
      const name = `${where}-${index}`;
      const locations = where === 'both' ? '[fra, nyc]' : `[${where}]`;
      return `  - { name: ${name}, type: http, target: "${target}${name}", locations: ${locations} }`;
    }),
  );
  return `defaults: { interval: ${INTERVAL_MS}ms, timeout: 1s }
limits: { interval: { min: 1s } }
checks:
${checks.join('\n')}
${more}channels:
  - { name: pager, type: webhook, url: "${pager}" }
alerts:
  - { name: page, failures: 2, channels: [pager], match: { names: [both-0] } }
`;
}
