/** In what the generations of the server differ for those who speak to them. */
export type Profile = Readonly<{
  version: string;
  /** Whether they say which methods they have. */
  hasServerFeatures: boolean;
  hasBatchAppend: boolean;
  /** Methods of the second protocol, which are named and not there. */
  hasSecondProtocol: boolean;
  /** Whether who reads a stream learns where its events stand in the log. */
  hasStreamPositions: boolean;
  hasCaughtUp: boolean;
  /** Whether the answer to a repeated append says where the first one stands. */
  hasPositionOfRepeats: boolean;
}>;

export const OLDEST: Profile = {
  version: "20.10.5",
  hasServerFeatures: false,
  hasBatchAppend: false,
  hasSecondProtocol: false,
  hasStreamPositions: false,
  hasCaughtUp: false,
  hasPositionOfRepeats: false,
};

const WITH_CAUGHT_UP: Profile = {
  ...OLDEST,
  version: "24.10.4",
  hasServerFeatures: true,
  hasBatchAppend: true,
  hasStreamPositions: true,
  hasCaughtUp: true,
};

export const NEWEST: Profile = {
  ...WITH_CAUGHT_UP,
  version: "26.1.0",
  hasSecondProtocol: true,
  hasPositionOfRepeats: true,
};

export const PROFILES: readonly Profile[] = [OLDEST, WITH_CAUGHT_UP, NEWEST];
