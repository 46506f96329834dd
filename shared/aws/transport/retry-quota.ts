/** How many retries of a process AWS gets while it fails, as the AWS SDK limits them. */
const capacity = 500;
const retryCost = 5;
const timeoutCost = 10;

interface RetryQuota {
  /** Whether there may be a retry after this error. */
  take(error: unknown): boolean;
  /** A request succeeded. */
  giveBack(): void;
}

/** Retries during an outage would be as many requests as the failed ones: after 500 units each success allows a part of one. */
export const createRetryQuota = (): RetryQuota => {
  let available = capacity;
  return {
    take(error) {
      const cost = error instanceof Error && error.name === 'TimeoutError' ? timeoutCost : retryCost;
      if (cost > available) return false;
      available -= cost;
      return true;
    },
    giveBack() {
      available = Math.min(capacity, available + 1);
    },
  };
};
