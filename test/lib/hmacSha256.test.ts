import { createHmac } from "node:crypto";
import fc from "fast-check";
import { createHmacSha256 } from "../../src/lib/hmacSha256";

describe("HMAC with SHA-256", () => {
  it("is that of OpenSSL, whatever the secret's length and the text", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: "binary", maxLength: 300 }),
        (secret, text) => {
          const expected = createHmac("sha256", secret).update(text).digest("hex");
          expect(createHmacSha256(Buffer.from(secret))(text).toString("hex")).toBe(expected);
        },
      ),
    );
  });
});
