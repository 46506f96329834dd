import { useEffect } from 'react';
import { useParams } from 'react-router';

import { useSession } from '../api/session.ts';
import { useTargets } from '../api/targets.ts';

const storageKey = 'drey.target';

/**
 * The target that links lead to: that of the path, or else the last one, the default of the command line, or the first
 * one. Undefined while the targets load, and when there are none.
 */
export const useSelectedTarget = (): string | undefined => {
  const { target } = useParams();
  const { data: session } = useSession();
  const { data: targets } = useTargets();
  useEffect(() => {
    if (target !== undefined) localStorage.setItem(storageKey, target);
  }, [target]);
  if (target !== undefined) return target;
  const names = targets?.map(({ name }) => name) ?? [];
  const preferred = [localStorage.getItem(storageKey), session?.target].find(
    (name) => typeof name === 'string' && names.includes(name),
  );
  return preferred ?? names[0];
};

/** The parameter `target` of the path of a view. @throws when the route of the view has none. */
export const useTargetName = (): string => {
  const { target } = useParams();
  if (target === undefined) throw new Error('The route has no parameter "target".');
  return target;
};
