/** Uploads of jars that the hosted page sends to Drey's bucket itself, by presigned URLs. */
import type { StageSettings } from '../stage-settings.ts';

/** Where the page sends them. The functions presign URLs of this host. */
export const uploadOrigin = 'https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}';

/**
 * The origins of the page. A distribution names the bucket in its headers, so that the bucket cannot name the distribution: that
 * would be a cycle. An upload needs a presigned URL, which another page does not know.
 */
const originOf = ({ domain }: NonNullable<StageSettings['dashboard']>): string =>
  `https://${domain?.name ?? '*.cloudfront.net'}`;

/** What Drey's bucket allows browsers, as properties of the bucket. */
export const uploadRulesOf = ({ dashboard }: StageSettings) =>
  dashboard === undefined
    ? {}
    : {
        CorsConfiguration: {
          CorsRules: [
            {
              AllowedOrigins: [originOf(dashboard)],
              AllowedMethods: ['PUT'],
              AllowedHeaders: ['content-type'],
              MaxAge: 600,
            },
          ],
        },
      };
