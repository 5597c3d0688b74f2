import { z } from "zod";

/** What a machine is: all of a station, all of the hub, or a further machine that hears for a station. */
export const roleSchema = z.enum(["station", "hub", "speech"]);
