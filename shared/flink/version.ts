/** The versions of Flink whose images Drey can start. */
export const flinkVersions = ['1.20', '2.2'] as const;
export type FlinkVersion = (typeof flinkVersions)[number];

/** What a client of the version starts when no image is named. */
export const defaultImages: Readonly<Record<FlinkVersion, string>> = {
  '1.20': 'apache/flink:1.20.3-scala_2.12',
  '2.2': 'apache/flink:2.2.1-scala_2.12',
};

/** The version in an image, by its tag: `flink:1.20.3-java17`. A tag that begins with no number is taken for the newest. */
export const detectFlinkVersion = (image: string | undefined): FlinkVersion =>
  /:v?1\.\d+([.@-]|$)/.test(image ?? '') ? '1.20' : '2.2';
