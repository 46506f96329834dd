import Box from '@cloudscape-design/components/box';
import type { PropsWithChildren, Ref } from 'react';

interface TextRegionProps {
  /** For readers who do not see it. */
  readonly label: string;
  /** Of CSS. */
  readonly maxHeight: string;
  readonly ref?: Ref<HTMLElement>;
}

/** A long text as it is, such as a log or a stack trace, which scrolls on its own. */
export const TextRegion = ({ label, maxHeight, ref, children }: PropsWithChildren<TextRegionProps>) => (
  <section
    ref={ref}
    aria-label={label}
    // A keyboard scrolls only what has the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    tabIndex={0}
    style={{ maxHeight, overflow: 'auto' }}
  >
    <Box variant="pre">{children}</Box>
  </section>
);
