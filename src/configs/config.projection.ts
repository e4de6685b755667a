import type { SliceProjection } from "../projections/sliceProjection";
import { releaseProjection } from "../releases/release.projection";

/** Keeps configs as all releases are kept. */
export const configProjection: SliceProjection = releaseProjection({
  kind: "Config",
  subjectOf: ({ keys }) => ({ keys: keys ?? [] }),
});
