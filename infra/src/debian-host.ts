import { readFileSync } from "node:fs";
import { remote, type types } from "@pulumi/command";
import { asset, ComponentResource, type ComponentResourceOptions, type Output, secret } from "@pulumi/pulumi";
import type { DebianTarget, HostCommands, StackInput } from "./stack-input.ts";

export interface DebianHostArgs extends StackInput {
  readonly target: DebianTarget;
}

export const defaultCommands: HostCommands = {
  bundlePath: "/var/lib/yizhan/host/inbox/bundle.json",
  apply: "yizhan-host apply --bundle /var/lib/yizhan/host/inbox/bundle.json --json",
  health: "yizhan-host status --json",
  destroy: "yizhan-host destroy --json",
};

/**
 * A Debian host over SSH: the bundle goes up, the installer applies it, and is asked how the station is.
 * Nothing here has `triggers`: a changed trigger replaces, and the old command's `delete` would run after
 * the new one's `create`, on what has just been installed. A new digest is an `update`.
 */
export class DebianHost extends ComponentResource {
  /** The installer's words on the station's health, JSON. */
  readonly health: Output<string>;

  constructor(name: string, args: DebianHostArgs, options: ComponentResourceOptions = {}) {
    super("yizhan:index:DebianHost", name, {}, options);
    const commands = args.commands ?? defaultCommands;
    const connection = connectionTo(args.target);
    const bundle = new remote.CopyToRemote(
      `${name}-bundle`,
      { connection, source: new asset.FileAsset(args.bundle.file), remotePath: commands.bundlePath },
      { parent: this },
    );
    // The digest is in the command, so that a new bundle or release is a change, and nothing else is.
    const apply = labelled(commands.apply, `${args.release} ${args.bundle.digest}`);
    const applied = new remote.Command(
      `${name}-apply`,
      { connection, create: apply, update: apply, delete: commands.destroy },
      { parent: this, dependsOn: [bundle], customTimeouts: { create: "60m", update: "60m", delete: "30m" } },
    );
    const health = labelled(commands.health, `${args.release} ${args.bundle.digest}`);
    const asked = new remote.Command(
      `${name}-health`,
      { connection, create: health, update: health },
      { parent: this, dependsOn: [applied] },
    );
    this.health = asked.stdout;
    this.registerOutputs({ health: this.health });
  }
}

/** A shell command and, after it, what makes it differ from the last one. */
function labelled(command: string, label: string): string {
  return `${command} # ${label}`;
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
