/** Why a text cannot be stored and sent on as it is, or null. A message's subject is put before it by the caller. */
export function textFault(text: string): string | null {
  if (text.includes("\0")) return "must not contain the character U+0000; remove it";
  if (LONE_SURROGATE.test(text)) return "must not contain half of a surrogate pair; send valid Unicode";
  return null;
}

/** Checks a text against its bounds, in UTF-16 code units. `subject` starts the message: `The description`. */
export function checkText(
  subject: string,
  text: string,
  { lengthMin = 0, lengthMax }: Readonly<{ lengthMin?: number; lengthMax: number }>,
): string | null {
  if (text.length < lengthMin) {
    return lengthMin === 1
      ? `${subject} must not be empty.`
      : `${subject} must have at least ${lengthMin} characters.`;
  }
  if (text.length > lengthMax) {
    return `${subject} must have at most ${lengthMax} characters; this one has ${text.length}.`;
  }
  const fault = textFault(text);
  return fault === null ? null : `${subject} ${fault}.`;
}

/** Bytes of a well-formed text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    // Each half of a surrogate pair stands for two of its four bytes.
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}

// With the `u` flag a pair is one character, so only a half that stands alone matches.
const LONE_SURROGATE = /\p{Surrogate}/u;
