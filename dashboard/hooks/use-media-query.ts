import { useSyncExternalStore } from 'react';

/** Whether a media query of CSS matches, such as `(min-width: 689px)`. It follows changes. */
export const useMediaQuery = (query: string): boolean =>
  useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
