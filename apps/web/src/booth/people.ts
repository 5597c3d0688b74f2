import type { Locale } from "@yizhan/locale";
import type { BoothKey } from "../shared/keys.ts";

/** How the station names patients in calls: their own names are not for everyone who sees the conversations. */
const patient = "patient";

/** Somebody's name, as the reader calls them. */
export function nameOf(locale: Locale<BoothKey>, name: string): string {
  return name === patient ? locale.t("role.patient") : name;
}
