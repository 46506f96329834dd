import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useNavigate } from 'react-router';

interface Followed {
  readonly preventDefault: () => void;
  readonly detail: { readonly href?: string | undefined; readonly external?: boolean | undefined };
}

/** Handles `onFollow` of Cloudscape's components, so that a link of the dashboard changes the view without a load. */
export const useFollow = (): ((event: Followed) => void) => {
  const navigate = useNavigate();
  return (event) => {
    const { href, external } = event.detail;
    if (href === undefined || external === true) return;
    event.preventDefault();
    void navigate(href);
  };
};

/** A link to another view of the dashboard. */
export const ViewLink = (props: LinkProps) => {
  const onFollow = useFollow();
  return <Link {...props} onFollow={onFollow} />;
};
