import type { Context } from "../context.ts";
import { noteChange } from "../context.ts";
import { ensureFolder, ownerOf } from "../files.ts";
import { attempt, run } from "../shell.ts";

export async function exists(database: "passwd" | "group", name: string): Promise<boolean> {
  return (await attempt("getent", [database, name])).code === 0;
}

/** System users that services run as; none can sign in. */
export async function makeAccounts(context: Context): Promise<void> {
  for (const { name } of context.bundle.groups) {
    if (await exists("group", name)) continue;
    await run("groupadd", ["--system", name]);
    noteChange(context, `group:${name}`, `group ${name}`);
  }
  for (const user of context.bundle.users) {
    if (!(await exists("passwd", user.name))) {
      const group = user.group === undefined ? ["--user-group"] : ["--gid", user.group];
      const home = ["--home-dir", user.home ?? "/nonexistent", "--no-create-home"];
      await run("useradd", ["--system", ...group, ...home, "--shell", "/usr/sbin/nologin", user.name]);
      noteChange(context, `user:${user.name}`, `user ${user.name}`);
    }
    const has = new Set((await run("id", ["-nG", user.name])).trim().split(" "));
    for (const group of user.groups ?? []) {
      if (has.has(group)) continue;
      await run("usermod", ["--append", "--groups", group, user.name]);
      noteChange(context, `user:${user.name}`, `user ${user.name} in ${group}`);
    }
  }
}

export async function makeDirectories(context: Context): Promise<void> {
  for (const { path, mode, owner, group } of context.bundle.directories)
    if (await ensureFolder(path, mode, await ownerOf(owner, group))) noteChange(context, path);
}
