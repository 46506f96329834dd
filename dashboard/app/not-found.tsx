import { EmptyState } from '../components/empty-state.tsx';
import { ViewLink } from './links.tsx';

export const NotFound = () => (
  <EmptyState title="No such page" action={<ViewLink href="/">Go to the overview</ViewLink>}>
    The address is not that of a view of the dashboard.
  </EmptyState>
);
