/** Every bound of the condition language, in one place: the check, the documents and the JSON Schema read them here. */

/** A condition is 1 deep; each of $and, $or, $nor, $not, $elemMatch and an operator inside $size or $all adds one. */
export const CONDITION_DEPTH_MAX = 8;
/** Tests of a property, operators about the user, and empty conditions; see docs/conditions.md. */
export const CONDITIONS_MAX = 200;
/** Of the condition as JSON in UTF-8, without its lists of user ids. */
export const CONDITION_BYTES_MAX = 64 * 1024;
/** Nesting of lists and objects in a value that a property is compared with. */
export const LITERAL_DEPTH_MAX = 8;
/** Of any JSON at all. More than a well-formed condition can have, and little enough to walk by recursion. */
export const JSON_DEPTH_MAX = 64;
/** Values in one $in, $nin, $ini, $nini, $all or $alli. */
export const OPERAND_LIST_MAX = 1_000;
/** Ids in one $segment or $notSegment. */
export const SEGMENT_IDS_MAX = 100;
export const USER_LIST_IDS_MAX = 10_000;
export const USER_ID_LENGTH_MAX = 256;
/** Of one pattern, in UTF-16 code units. */
export const PATTERN_LENGTH_MAX = 1_000;
/** Sum of the repeat counts in one pattern (`{1000}` counts 1,000): refuses the costly before compiling them. */
export const PATTERN_REPEATS_MAX = 1_000;
/** RE2 instructions of one compiled pattern. */
export const PATTERN_PROGRAM_MAX = 1_100;
/** Of a text that is searched for a pattern, in UTF-16 code units: a longer one matches none. */
export const PATTERN_TEXT_LENGTH_MAX = 2_000;
export const PATTERNS_MAX = 20;
export const SEED_LENGTH_MAX = 100;
export const VERSION_LENGTH_MAX = 100;
/** Half of the way around the Earth: a larger radius would be everywhere. */
export const RADIUS_KM_MAX = 20_040;
/** Of $withinLast, in each of its units: ten years. */
export const WITHIN_LAST_DAYS_MAX = 3_660;
/** Of an event that a condition asks for, in UTF-16 code units. */
export const EVENT_NAME_LENGTH_MAX = 120;
/** A check stops listing faults here. */
export const FAULTS_MAX = 100;
