import { toConfig } from "./config.graphql";
import { releaseNodeType } from "../releases/release.nodes";

export const configNodeType = releaseNodeType("Config", "config", toConfig);
