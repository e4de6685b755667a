/** Which partition somebody works on, and since which change of hands. Written into each item for whoever acknowledges it. */
export type ConsumerLease = Readonly<{ partition: number; fence: number }>;

export const writeLease = ({ partition, fence }: ConsumerLease): string => `${partition}-${fence}`;

/** Null for what is no lease. */
export function readLease(text: string): ConsumerLease | null {
  const [, partition, fence] = /^(\d{1,2})-(\d{1,15})$/.exec(text) ?? [];
  return partition === undefined ? null : { partition: Number(partition), fence: Number(fence) };
}
