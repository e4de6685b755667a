import { isJsonObject, ownProperty, type Json } from "../lib/json";

const LATITUDE_MAX = 90;
const LONGITUDE_MAX = 180;
const EARTH_RADIUS_KM = 6371.0088;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** In degrees, or NaN if the value is no point: a point is `{ "latitude", "longitude" }` or `[latitude, longitude]`. */
export const latitudeOf = (value: Json): number => coordinate(value, "latitude", 0, LATITUDE_MAX);
export const longitudeOf = (value: Json): number => coordinate(value, "longitude", 1, LONGITUDE_MAX);

export const isPoint = (value: Json): boolean =>
  !Number.isNaN(latitudeOf(value)) && !Number.isNaN(longitudeOf(value));

/** The great-circle distance, by the haversine formula on a sphere of the Earth's mean radius; NaN without two points. */
export function distanceKm(from: Json, to: Json): number {
  const fromLatitude = latitudeOf(from) * RADIANS_PER_DEGREE;
  const toLatitude = latitudeOf(to) * RADIANS_PER_DEGREE;
  const latitudeSine = Math.sin((toLatitude - fromLatitude) / 2);
  const longitudeSine = Math.sin(((longitudeOf(to) - longitudeOf(from)) * RADIANS_PER_DEGREE) / 2);
  const chord = latitudeSine ** 2 + Math.cos(fromLatitude) * Math.cos(toLatitude) * longitudeSine ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function coordinate(value: Json, name: string, index: number, most: number): number {
  const member = memberOf(value, name, index);
  return typeof member === "number" && Math.abs(member) <= most ? member : NaN;
}

function memberOf(value: Json, name: string, index: number): Json | undefined {
  if (Array.isArray(value)) return value.length === 2 ? (value[index] as Json) : undefined;
  return isJsonObject(value) ? ownProperty(value, name) : undefined;
}
