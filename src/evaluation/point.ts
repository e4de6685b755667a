import { isJsonObject, ownProperty, type Json } from "../lib/json";

export type Point = Readonly<{ latitude: number; longitude: number }>;

const EARTH_RADIUS_KM = 6371.0088;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** The point that a property names, `{ "latitude", "longitude" }` or `[latitude, longitude]` in degrees, or null. */
export function pointOf(value: Json): Point | null {
  if (Array.isArray(value)) return value.length === 2 ? point(value[0] as Json, value[1] as Json) : null;
  if (!isJsonObject(value)) return null;
  return point(ownProperty(value, "latitude") ?? null, ownProperty(value, "longitude") ?? null);
}

/** The great-circle distance, by the haversine formula on a sphere of the Earth's mean radius. */
export function distanceKm(from: Point, to: Point): number {
  const latitudeArc = Math.sin(((to.latitude - from.latitude) * RADIANS_PER_DEGREE) / 2);
  const longitudeArc = Math.sin(((to.longitude - from.longitude) * RADIANS_PER_DEGREE) / 2);
  const shrink = Math.cos(from.latitude * RADIANS_PER_DEGREE) * Math.cos(to.latitude * RADIANS_PER_DEGREE);
  const chord = latitudeArc ** 2 + shrink * longitudeArc ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function point(latitude: Json, longitude: Json): Point | null {
  if (typeof latitude !== "number" || !(Math.abs(latitude) <= 90)) return null;
  if (typeof longitude !== "number" || !(Math.abs(longitude) <= 180)) return null;
  return { latitude, longitude };
}
