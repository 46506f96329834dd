import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';

import { countMemberBytes, maxAnswerBytes } from './answer-size.ts';

/** The other members of the answer are small. */
const maxBytes = maxAnswerBytes - 10_000;

/**
 * What a JobManager knows, as the text of an answer. It is not indented, because that can double its size.
 *
 * @throws Fault `answer-too-large`
 */
export const toFactText = (fact: unknown, file: string, { target, clusterId }: ClusterRef): string => {
  const text = JSON.stringify(fact);
  const bytes = countMemberBytes(text);
  if (bytes <= maxBytes) return text;
  throw new Fault(
    'answer-too-large',
    `The file ${file} of cluster ${clusterId} has ${(bytes / 1_000_000).toFixed(1)} MB as an answer, more than ${maxAnswerBytes / 1_000_000} MB, the limit of the API. While the cluster runs, run drey ui ${clusterId}. A kept file is in the bucket of the stack, under logs/${target}/${clusterId}/.`,
  );
};
