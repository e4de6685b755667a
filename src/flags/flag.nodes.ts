import { toFlag } from "./flag.graphql";
import { releaseNodeType } from "../releases/release.nodes";

export const flagNodeType = releaseNodeType("Flag", "flag", toFlag);
