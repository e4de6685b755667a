import { withParts } from "./withParts";
import { replaceAdminToken } from "../access/adminToken";

/** Replaces a lost admin token, also while a server runs. */
void withParts(async ({ instance }) => {
  const token = await replaceAdminToken(instance);
  process.stdout.write(`${token}\n`);
  process.stderr.write("This is the admin token from now on, shown this once; the one before has ended.\n");
});
