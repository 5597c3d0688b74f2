import { file, lines } from "../../file.ts";
import type { BundleFile } from "../../types.ts";

/** For jicofo and the bridge: lesser messages than warnings name rooms and people. */
export const javaLog: BundleFile = file(
  "/etc/jitsi/yizhan-logging.properties",
  lines(`
    handlers = java.util.logging.ConsoleHandler
    java.util.logging.ConsoleHandler.level = WARNING
    java.util.logging.ConsoleHandler.formatter = org.jitsi.utils.logging2.JitsiLogFormatter
    .level = WARNING
  `),
);
