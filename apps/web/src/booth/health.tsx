import { Check, Clock, Warning } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import type { Transcript } from "./transcript.ts";
import { nameOf } from "./people.ts";

/** How far the captions are behind the voices, per speaker, and what was not heard at all. */
export function Health({ transcript }: { readonly transcript: Transcript }) {
  const locale = useLocale<BoothKey>();
  const { health, participants } = transcript;
  const deaf = Object.values(participants).filter((one) => !one.captions);
  const lost = health?.speakers.reduce((sum, one) => sum + one.lostSegments, 0) ?? 0;
  return (
    <>
      {health === undefined ? null : (
        <span class={`badge ${health.behind ? "amber" : "good"}`}>
          {health.behind ? <Warning /> : <Check />}
          {locale.t(health.behind ? "health.behind" : "health.good")}
        </span>
      )}
      {health?.speakers.map(({ participant, lagMs }) =>
        lagMs === null ? null : (
          <span class="badge quiet" key={participant.id} title={locale.t("health.title")}>
            <Clock />
            {locale.t("health.lag", {
              name: nameOf(locale, participant.name ?? participant.tag),
              seconds: locale.number(lagMs / 1000, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
            })}
          </span>
        ),
      )}
      {lost === 0 ? null : (
        <span class="badge alarm">
          <Warning />
          {locale.t("health.lost", { count: lost })}
        </span>
      )}
      {deaf.map((one) => (
        <span class="badge amber" key={one.id}>
          <Warning />
          {locale.t("health.no-captions", {
            name: nameOf(locale, one.name ?? one.tag),
            language: locale.languageName(one.language),
          })}
        </span>
      ))}
    </>
  );
}
