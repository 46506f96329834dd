import type { Schedule } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { schedulePath } from '../../app/paths.ts';
import { readerZone } from '../../model/time.ts';

/** Leads to the schedule, and says whether it is paused. */
export const ScheduleName = ({ schedule: { target, name, definition } }: { readonly schedule: Schedule }) => (
  <>
    <ViewLink href={schedulePath(target, name)} fontSize="inherit">
      {name}
    </ViewLink>
    {definition.enabled ? '' : ' (paused)'}
  </>
);

/** Which zone the coming runs are in, and where those of a rate come from. */
export const describeZones = (others: string): string =>
  `Times in your zone, ${readerZone()}${others === '' ? '' : `, ${others}`}. The times of a rate count from the last change of the schedule.`;
