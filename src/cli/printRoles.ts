import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolesDocument } from "../access/rolesDocument";

writeFileSync(join(__dirname, "../../docs/roles.md"), rolesDocument());
