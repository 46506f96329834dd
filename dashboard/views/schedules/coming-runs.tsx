import SegmentedControl from '@cloudscape-design/components/segmented-control';

import type { Schedule } from '../../api/types.ts';
import { useMediaQuery } from '../../hooks/use-media-query.ts';
import { useStoredChoice } from '../../hooks/use-stored-choice.ts';
import { MonthCalendar } from './month-calendar.tsx';
import { RunList } from './run-list.tsx';

/** The days of a week have no place beside each other on a narrower screen. */
const wideScreen = '(min-width: 992px)';

/** The coming runs as a calendar or, by choice and on a narrow screen, as a list by day. */
export const ComingRuns = ({ schedules }: { readonly schedules: readonly Schedule[] }) => {
  const isWide = useMediaQuery(wideScreen);
  const [view, setView] = useStoredChoice('drey.schedules.view', ['calendar', 'list']);
  if (!isWide) return <RunList schedules={schedules} viewControl={null} />;
  const viewControl = (
    <SegmentedControl
      label="View of the coming runs"
      selectedId={view}
      options={[
        { id: 'calendar', text: 'Calendar' },
        { id: 'list', text: 'List' },
      ]}
      onChange={({ detail }) => setView(detail.selectedId)}
    />
  );
  return view === 'list' ? (
    <RunList schedules={schedules} viewControl={viewControl} />
  ) : (
    <MonthCalendar schedules={schedules} viewControl={viewControl} />
  );
};
