import type { NamedTarget } from '#events/records/target.ts';

/** The text of a refusal: whose policy, which rule, and what is wrong. */
export const explain = ({ name }: NamedTarget, rule: string, detail: string): string =>
  `Policy of target ${name}, ${rule}: ${detail}`;
