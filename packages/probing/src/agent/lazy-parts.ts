// The parts of our own code that an agent loads on first use. A start that fills the compile cache loads
// them all: one that is met later without being there would bring the type-stripping compiler into a
// process that runs for months.

/** `lazy-parts.test.ts` holds this list equal to what is imported so. */
export async function loadLazyParts(): Promise<void> {
  await Promise.all([
    import('../dns/dns-prober.ts'),
    import('../dns/dns-trace.ts'),
    import('../dns/dns-trust.ts'),
    import('../dns/https-exchange.ts'),
    import('../grpc/grpc-prober.ts'),
    import('../grpc/method-plan.ts'),
    import('../grpc/reflection.ts'),
    import('../http/http-prober.ts'),
    import('../icmp/icmp-prober.ts'),
    import('../icmp/receiver-worker.ts'),
    import('../tcp/tcp-prober.ts'),
    import('../tls-kind/tls-prober.ts'),
  ]);
}
