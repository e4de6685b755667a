import type { NodeType, NodeTypes } from "./context";
import { tokenNode } from "../access/token.nodes";
import { appNodeType, environmentNodeType } from "../apps/app.nodes";
import { configNodeType } from "../configs/config.nodes";
import { experimentNode } from "../experiments/experiment.nodes";
import { goalNode } from "../goals/goal.nodes";
import { flagNodeType } from "../flags/flag.nodes";
import { jobNode } from "../jobs/job.nodes";
import { keyNode } from "../keys/key.nodes";
import { previewNodeType, scheduledPublicationNodeType } from "../releases/release.nodes";
import { segmentNode } from "../segments/segment.nodes";
import { webhookNode } from "../webhooks/webhook.nodes";

/** Everything that has an id of its own, by GraphQL type name. */
export function nodeTypes(): NodeTypes {
  return new Map(NODE_TYPES.map((type) => [type.typename, type]));
}

const NODE_TYPES: readonly NodeType[] = [
  appNodeType,
  environmentNodeType,
  keyNode,
  segmentNode,
  goalNode,
  configNodeType,
  flagNodeType,
  experimentNode,
  scheduledPublicationNodeType,
  previewNodeType,
  tokenNode,
  webhookNode,
  jobNode,
];
