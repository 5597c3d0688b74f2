import type care from "../../../../locales/en/care.json";
import type booth from "../../../../locales/en/booth.json";
import type desk from "../../../../locales/en/desk.json";
import type errors from "../../../../locales/en/errors.json";
import type fleet from "../../../../locales/en/fleet.json";
import type staff from "../../../../locales/en/staff.json";

/** The keys that exist, so that a misspelt one does not compile. */
export type ErrorKey = keyof typeof errors;
export type StaffKey = keyof typeof staff;
export type CareKey = keyof typeof care;
export type DeskKey = keyof typeof desk | StaffKey;
export type BoothKey = keyof typeof booth | StaffKey;
export type FleetKey = keyof typeof fleet | StaffKey;
