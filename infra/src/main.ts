import { Config } from "@pulumi/pulumi";
import { countryProgram } from "./program.ts";
import { readStackInput } from "./stack-input.ts";

/** What the `pulumi` command runs; the kit runs the same program through the Automation API. */
export default countryProgram(readStackInput(new Config("yizhan").require("input")));
