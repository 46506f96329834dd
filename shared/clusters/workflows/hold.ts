import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * How long a step waits within one invocation. Holding costs less than polls that are less than 13 s apart
 * (docs/scale.md).
 */
const maxHoldMs = 20_000;
/** After so many holds, three minutes, the machine waits between the probes, so that it occupies no function. */
const maxHolds = 9;
const longWaitSeconds = 15;

interface HeldState {
  /** How often the machine has called the step. */
  readonly attempt?: number;
  readonly outcome?: string;
  readonly waitSeconds?: number;
}

type Probe<S> = (state: S, ports: Ports) => Promise<S>;

interface HoldOptions<S> {
  /** The pause after so many probes of this invocation, in ms. */
  readonly pauseMs: (next: S, probes: number) => number;
  /** Whether the change is so near that the step holds also after three minutes. */
  readonly isNear?: (next: S, now: Date) => boolean;
}

/**
 * The step of a state machine that holds: it repeats its probe within one invocation until something has changed. The
 * machine repeats it at once (`waitSeconds` is 0) or, after three minutes, with pauses.
 */
export const holding =
  <S extends HeldState>(probe: Probe<S>, { pauseMs, isNear = () => false }: HoldOptions<S>): Probe<S> =>
  async (state, ports) => {
    const { attempt = 0 } = state;
    const endMs = ports.now().getTime() + maxHoldMs;
    let current = state;
    for (let probes = 1; ; probes += 1) {
      const next = await probe(current, ports);
      if (next.outcome !== 'waiting') return next;
      current = { ...next, attempt: attempt + 1, waitSeconds: 0 };
      if (attempt >= maxHolds && !isNear(next, ports.now())) return { ...current, waitSeconds: longWaitSeconds };
      const pause = pauseMs(next, probes);
      if (ports.now().getTime() + pause > endMs) return current;
      await ports.sleep(pause);
    }
  };

/** The pauses of a probe that costs several requests. Each pause is `firstMs` longer than the one before, up to 3 s. */
const growingFrom =
  (firstMs: number) =>
  (_next: unknown, probes: number): number =>
    Math.min(firstMs * probes, 3_000);

export const growingPauseMs = growingFrom(500);
/** For the step that ends jobs: in a rollout no task runs after their savepoints. */
export const shortPauseMs = growingFrom(250);
