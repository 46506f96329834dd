import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import type { Plan } from '../../api/types.ts';
import { TextRegion } from '../../components/text-region.tsx';
import { textAt } from '../../model/jobs/fields.ts';

/** The Kubernetes objects that a deploy of the spec creates with today's settings of the target. */
export const Manifests = ({ plan: { objects } }: { readonly plan: Plan }) => (
  <Container
    header={
      <Header
        variant="h2"
        counter={`(${objects.length})`}
        description="What a deploy of this revision creates today. Contents that may be secret are masked."
      >
        Manifests
      </Header>
    }
  >
    <SpaceBetween size="xs">
      {objects.map((object, index) => (
        <ExpandableSection
          key={index}
          headerText={`${textAt(object, 'kind') ?? 'Object'} ${textAt(object, 'metadata', 'name') ?? ''}`}
        >
          <TextRegion label="Manifest" maxHeight="60vh">
            {JSON.stringify(object, undefined, 2)}
          </TextRegion>
        </ExpandableSection>
      ))}
    </SpaceBetween>
  </Container>
);
