import { useEffect, useState } from "preact/hooks";
import { type CaseQuery, type CaseRow, getCases } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import { Lock, Phone, Refresh, Search } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import { useNow } from "../shared/use-now.ts";
import { BreakGlass } from "./break-glass.tsx";
import { PrescriptionState } from "./prescription.tsx";

interface CaseListProps {
  readonly open: string | undefined;
  readonly go: (id: string) => void;
  /** Changes when the list should be asked for again. */
  readonly version: number;
  readonly signedOut: () => void;
}

interface Loaded {
  readonly cases: readonly CaseRow[];
  readonly next?: string;
}

/** A case number has its country first: `MZ-7K2M-9QXA`. Anything else is a name. */
export function searchFor(text: string): Pick<CaseQuery, "name" | "caseNumber"> {
  const wanted = text.trim();
  if (wanted === "") return {};
  return /^[A-Za-z]{2}-[0-9A-Za-z-]{4,}$/.test(wanted) ? { caseNumber: wanted.toUpperCase() } : { name: wanted };
}

export function CaseList({ open, go, version, signedOut }: CaseListProps) {
  const locale = useLocale<DeskKey>();
  const [status, setStatus] = useState<"open" | "closed">("open");
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [again, setAgain] = useState(0);
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<unknown>();
  const query: CaseQuery = { status, ...searchFor(search) };

  const failed = (problem: unknown) => (problem instanceof ApiError && problem.status === 401 ? signedOut() : setError(problem));
  useEffect(() => {
    let current = true;
    setError(undefined);
    getCases(query).then(
      (answer) => current && setLoaded(answer),
      (problem: unknown) => current && failed(problem),
    );
    return () => {
      current = false;
    };
  }, [status, search, again, version]);
  const more = (cursor: string) =>
    getCases({ ...query, cursor }).then(
      (answer) => setLoaded({ ...answer, cases: [...(loaded?.cases ?? []), ...answer.cases] }),
      failed,
    );

  return (
    <>
      <form
        class="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setSearch(typed);
        }}
      >
        <input
          type="search"
          class="select"
          aria-label={locale.t("cases.search")}
          placeholder={locale.t("cases.search")}
          dir="auto"
          autoComplete="off"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            if (event.currentTarget.value === "") setSearch("");
          }}
        />
        <button
          type="submit"
          class="button small"
          aria-label={locale.t("cases.search.submit")}
          title={locale.t("cases.search.submit")}
        >
          <Search />
        </button>
      </form>
      <div class="row">
        <fieldset class="tabs grow" aria-label={locale.t("cases.title")}>
          {(["open", "closed"] as const).map((each) => (
            <label key={each}>
              <input type="radio" class="sr" name="status" checked={status === each} onChange={() => setStatus(each)} />
              <span>{locale.t(`cases.${each}`)}</span>
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          class="button small"
          onClick={() => setAgain(again + 1)}
          aria-label={locale.t("cases.refresh")}
          title={locale.t("cases.refresh")}
        >
          <Refresh />
        </button>
      </div>
      <div role="status">
        {error === undefined ? null : <Wrong text={errorText(locale, error)} />}
        {loaded === undefined && error === undefined ? <p class="soft">{locale.t("loading")}</p> : null}
        {loaded?.cases.length === 0 ? (
          <p class="soft empty">{locale.t(search === "" ? "cases.none" : "cases.none.search")}</p>
        ) : null}
      </div>
      <ul class="cases">
        {loaded?.cases.map((row) => (
          <li key={row.id}>
            {row.locked === true ? <Locked row={row} go={go} /> : <Row row={row} current={row.id === open} go={go} />}
          </li>
        ))}
      </ul>
      {loaded?.next === undefined ? null : (
        <button type="button" class="button" onClick={() => void more(loaded.next ?? "")}>
          {locale.t("cases.more")}
        </button>
      )}
    </>
  );
}

function Row({ row, current, go }: { readonly row: CaseRow; readonly current: boolean; readonly go: (id: string) => void }) {
  const locale = useLocale<DeskKey>();
  const now = useNow(30_000);
  return (
    <button type="button" class="case-row" aria-current={current ? "true" : undefined} onClick={() => go(row.id)}>
      <span class="case-row-head">
        <strong dir="auto">{row.name}</strong>
        <span class="pain" data-strong={row.pain >= 7}>
          {locale.t("case.pain")} {locale.t("case.pain.value", { pain: row.pain })}
        </span>
      </span>
      <span class="case-words" lang={row.language} dir="auto">
        {row.complaint}
      </span>
      <span class="case-row-foot">
        <bdi dir="ltr">{row.caseNumber}</bdi>
        <span>{locale.languageName(row.language)}</span>
        <span class={row.assignment === "mine" ? "badge good" : row.assignment === "waiting" ? "badge amber" : "badge quiet"}>
          {row.assignment === "other" ? <bdi>{row.assignee?.name}</bdi> : locale.t(`badge.${row.assignment}`)}
        </span>
        {row.prescription === undefined ? null : <PrescriptionState state={row.prescription} />}
        {row.inCall === undefined ? null : (
          <span class="badge good">
            <Phone />
            {locale.t(`call.${row.inCall}`)}
          </span>
        )}
        <span>{locale.t("cases.opened", { when: locale.ago(Date.parse(row.openedAt), now) })}</span>
      </span>
    </button>
  );
}

/** A colleague's case, found by its exact number: whose it is, and the way in for an emergency. */
function Locked({ row, go }: { readonly row: CaseRow; readonly go: (id: string) => void }) {
  const locale = useLocale<DeskKey>();
  return (
    <div class="case-row locked">
      <span class="case-row-head">
        <bdi dir="ltr">{row.caseNumber}</bdi>
        <Lock />
      </span>
      <span>{locale.t("holder.other", { name: row.assignee?.name ?? "" })}</span>
      <span>
        <BreakGlass id={row.id} opened={() => go(row.id)} />
      </span>
    </div>
  );
}
