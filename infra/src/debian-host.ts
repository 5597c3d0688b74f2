import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { remote, type types } from "@pulumi/command";
import { asset, ComponentResource, type ComponentResourceOptions, type Output, secret } from "@pulumi/pulumi";
import type { DebianTarget, HostSteps, StackInput } from "./stack-input.ts";

export interface DebianHostArgs extends StackInput {
  readonly target: DebianTarget;
  readonly host: HostSteps;
}

/**
 * A Debian host over SSH: the signed manifest goes up, the installer applies it, and is asked how the station is.
 * Nothing here has `triggers`: a changed trigger replaces, and the old command's `delete` would run after
 * the new one's `create`, on what has just been installed. A new digest is an `update`.
 */
export class DebianHost extends ComponentResource {
  /** The installer's words on the station's health, JSON. */
  readonly health: Output<string>;

  constructor(name: string, args: DebianHostArgs, options: ComponentResourceOptions = {}) {
    super("yizhan:index:DebianHost", name, {}, options);
    const connection = connectionTo(args.target);
    const inbox = args.host.inbox.map(
      ({ from, to }) =>
        new remote.CopyToRemote(
          `${name}-inbox-${basename(to)}`,
          { connection, source: new asset.FileAsset(from), remotePath: to },
          { parent: this },
        ),
    );
    // The digest is in the command, so that a new release or bundle is a change, and nothing else is.
    const label = `# ${args.release} ${args.digest}`;
    const apply = `${args.host.apply} ${label}`;
    const applied = new remote.Command(
      `${name}-apply`,
      { connection, create: apply, update: apply, delete: args.host.destroy },
      { parent: this, dependsOn: inbox, customTimeouts: { create: "60m", update: "60m", delete: "30m" } },
    );
    const ask = `${args.host.health} ${label}`;
    const asked = new remote.Command(
      `${name}-health`,
      { connection, create: ask, update: ask },
      { parent: this, dependsOn: [applied] },
    );
    this.health = asked.stdout;
    this.registerOutputs({ health: this.health });
  }
}

/** The host's key is always given: without one the connection takes any host for ours. */
function connectionTo(target: DebianTarget): types.input.remote.ConnectionArgs {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    hostKey: target.hostKey,
    dialErrorLimit: 3,
    perDialTimeout: 15,
    ...(target.identity === undefined ? {} : { privateKey: secret(readFileSync(target.identity, "utf8")) }),
  };
}
