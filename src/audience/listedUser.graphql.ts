import { Field, ID, ObjectType } from "type-graphql";
import { readUserList } from "./userLists";
import { connectionOf, connectionType, pageRequest } from "../graphql/connection";
import type { Connection, PageArguments } from "../graphql/connection";
import type { Database } from "../postgres/database";

@ObjectType({ simpleResolvers: true, description: "A user whose id a list holds." })
export class ListedUser {
  @Field(() => ID, { description: "The user's id, as the app gave it." })
  id!: string;
}

export const ListedUserConnection = connectionType(ListedUser, "ListedUser");

/** A page of an app's list, by id; empty if there is no such list. @throws BAD_USER_INPUT */
export async function listedUsers(
  database: Database,
  app: string,
  list: string,
  page: PageArguments,
): Promise<Connection<ListedUser>> {
  const { limit, after } = pageRequest(page, ["text"]);
  const read = await readUserList(database, app, list, {
    limit,
    after: after ? String(after[0] ?? "") : null,
  });
  const users = { rows: read.ids, hasNextPage: read.hasMore, totalCount: read.total };
  return connectionOf(
    users,
    (id) => ({ id }),
    (id) => [id],
  );
}
