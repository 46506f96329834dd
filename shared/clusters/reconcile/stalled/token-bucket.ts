/** How fast stalled work on a target is continued. */
export const pace = {
  /** So many pieces of work begin at once. */
  burst: 8,
  /** So many begin in a second at first. The rate grows with each answer of the API server, and halves when it refuses. */
  initialPerSecond: 4,
  minPerSecond: 0.5,
  maxPerSecond: 16,
  growthPerSecond: 1,
  /** After so many refusals in a row, the rest of the work waits for the next pass. */
  maxRefusals: 3,
  /** An answer of the API server counts so long. */
  answerMs: 1_000,
} as const;

interface Clock {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A token bucket whose rate follows the answers of an API server. */
export class TokenBucket {
  private tokens: number = pace.burst;
  private perSecond: number = pace.initialPerSecond;
  private refilledAt: number;
  private answeredAt = -Infinity;
  private refusals = 0;
  private lastTurn: Promise<unknown> = Promise.resolve();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
    this.refilledAt = clock.now().getTime();
  }

  /** Whether the API server has refused so often that no more work should begin. */
  get isClosed(): boolean {
    return this.refusals >= pace.maxRefusals;
  }

  /** Whether the last answer of the API server is too old to count. */
  get needsAnswer(): boolean {
    return this.clock.now().getTime() - this.answeredAt >= pace.answerMs;
  }

  /**
   * Waits for a token and takes it, in the order of the calls.
   *
   * @param until Milliseconds since 1970. A token that would come later is not waited for.
   * @returns Whether it was taken.
   */
  take(until = Infinity): Promise<boolean> {
    const turn = this.lastTurn.then(() => this.takeNext(until));
    this.lastTurn = turn.catch(() => undefined); // Each caller gets the error of its own turn.
    return turn;
  }

  /** Returns a token, because the work did not load the API server. */
  giveBack(): void {
    this.tokens = Math.min(pace.burst, this.tokens + 1);
  }

  /** The API server has answered. */
  accept(): void {
    this.refusals = 0;
    this.answeredAt = this.clock.now().getTime();
    this.perSecond = Math.min(pace.maxPerSecond, this.perSecond + pace.growthPerSecond);
  }

  /** The API server has not answered, or asks to wait. */
  refuse(retryAfterSeconds = 0): void {
    this.refusals += 1;
    this.tokens = 0;
    this.perSecond = Math.max(pace.minPerSecond, this.perSecond / 2);
    this.refilledAt = Math.max(this.refilledAt, this.clock.now().getTime() + retryAfterSeconds * 1_000);
  }

  private async takeNext(until: number): Promise<boolean> {
    for (this.refill(); this.tokens < 1; this.refill()) {
      const now = this.clock.now().getTime();
      const waitMs = Math.max(0, this.refilledAt - now) + Math.ceil(((1 - this.tokens) / this.perSecond) * 1_000);
      if (now + waitMs > until) return false;
      await this.clock.sleep(waitMs);
    }
    this.tokens -= 1;
    return true;
  }

  private refill(): void {
    const now = this.clock.now().getTime();
    if (now <= this.refilledAt) return;
    this.tokens = Math.min(pace.burst, this.tokens + ((now - this.refilledAt) / 1_000) * this.perSecond);
    this.refilledAt = now;
  }
}
