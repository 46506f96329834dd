import { useLayoutEffect, useRef } from 'react';

import { TextRegion } from '../../components/text-region.tsx';
import { splitMatches } from '../../model/jobs/log-selection.ts';

interface LogViewProps {
  readonly log: string;
  /** Matches of this text are marked. */
  readonly search: string;
}

/** So near to the end counts as the end, in pixels. */
const tolerance = 40;

/** A log, which stays at its end while it grows. A reader who has scrolled up stays there. */
export const LogView = ({ log, search }: LogViewProps) => {
  const region = useRef<HTMLElement>(null);
  const lastHeight = useRef(0);
  useLayoutEffect(() => {
    const element = region.current;
    if (element === null || log === '') return;
    if (lastHeight.current - element.scrollTop - element.clientHeight < tolerance)
      element.scrollTop = element.scrollHeight;
    lastHeight.current = element.scrollHeight;
  }, [log]);
  return (
    <TextRegion ref={region} label="Lines of the log" maxHeight="65vh">
      {splitMatches(log, search).map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : text))}
    </TextRegion>
  );
};
