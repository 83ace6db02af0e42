// How Node is to run where probes run, in the agent and in the benches that measure them.

/** A guard against a leak, not a budget: 10,000 probes in flight need less. */
const HEAP_MEGABYTES_MAX = 512;
/** Young objects die within a run; Node's own 16 MB would only wait longer to say so, at no less CPU. */
const YOUNG_MEGABYTES_MAX = 2;

export const AGENT_NODE_FLAGS: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  `--max-old-space-size=${HEAP_MEGABYTES_MAX}`,
  `--max-semi-space-size=${YOUNG_MEGABYTES_MAX}`,
  // Taught by what lives through one collection, V8 else puts the objects of a run straight among
  // the old ones, where they cost a full collection: 10 to 20 µs a probe, measured.
  '--no-allocation-site-pretenuring',
  // The middle compiler works in the background and leaves its memory behind; what is hot reaches
  // the best one all the same. 6 MB less at no more CPU a probe, measured.
  '--no-maglev',
];

/**
 * Of the C library: one arena for all threads, or each compiler thread keeps one of its own for good.
 * 3 MB less, measured; other C libraries pass over it.
 */
export const AGENT_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' };
