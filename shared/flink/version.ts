/** The versions of Flink whose images Drey can start. */
export const flinkVersions = ['1.20', '2.2'] as const;
export type FlinkVersion = (typeof flinkVersions)[number];

/** The image that the client of each version starts when none is set. */
export const defaultImages: Readonly<Record<FlinkVersion, string>> = {
  '1.20': 'apache/flink:1.20.3-scala_2.12',
  '2.2': 'apache/flink:2.2.1-scala_2.12',
};

/** The version that the tag of an image names: `flink:1.20.3-java17`. The newest version when the tag names none. */
export const detectFlinkVersion = (image: string | undefined): FlinkVersion =>
  /:v?1\.\d+([.@-]|$)/.test(image ?? '') ? '1.20' : '2.2';
