/**
 * The rest of a page that a navigation ends: nothing after it may run. A browser may keep the page as it is, and show it again
 * for "Back". It is then loaded again, because it would stay empty.
 */
export const untilLeft = (reload: () => void = () => location.reload()): Promise<never> => {
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) reload();
  });
  return new Promise<never>(() => {});
};
