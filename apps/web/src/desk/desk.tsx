import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { getMe, type Licence, type User } from "../shared/api.ts";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { SignedIn } from "../shared/sign-in.tsx";
import { useEvents } from "../shared/use-events.ts";
import { useTitle } from "../shared/use-title.ts";
import { OwnAccount } from "./account.tsx";
import type { Block, Notice } from "./api.ts";
import { Applications } from "./applications.tsx";
import { Audit } from "./audit.tsx";
import { Blocks } from "./blocks.tsx";
import { LicenceNotice } from "./licence.tsx";
import { Notices } from "./notices.tsx";
import { People } from "./people.tsx";
import type { Review } from "./prescription-api.ts";
import { type Place, places, usePlace } from "./place.ts";
import { Reviews } from "./reviews.tsx";
import { Worklist } from "./worklist.tsx";

export function Desk() {
  const locale = useLocale<DeskKey>();
  useTitle(locale.t("page.title"));
  return (
    <SignedIn title={locale.t("page.title")} passkeys>
      {(user, signedOut) => <Pages user={user} signedOut={signedOut} />}
    </SignedIn>
  );
}

/** The desk's pages, those that the role may see; what must be heard of at once is heard of on each. */
function Pages({ user, signedOut }: { readonly user: User; readonly signedOut: () => void }) {
  const mine = places(user.role);
  const [place, go] = usePlace(mine[0] ?? "account");
  const [notices, setNotices] = useState<readonly Notice[]>();
  const [reviews, setReviews] = useState<readonly Review[]>();
  const [blocks, setBlocks] = useState<readonly Block[]>();
  const [licence, setLicence] = useState<Licence>();
  useEffect(() => void getMe().then((me) => setLicence(me.licence), signedOut), []);
  const here = mine.includes(place.name) ? place.name : (mine[0] ?? "account");
  const waiting = {
    notices: notices?.filter((one) => !one.settled).length ?? 0,
    guard: blocks?.length ?? 0,
    reviews: reviews?.length ?? 0,
  };
  return (
    <>
      {mine.includes("notices") ? (
        <Listen<{ notices: readonly Notice[] }> url="/api/notices/events" take={(one) => setNotices(one.notices)} />
      ) : null}
      {mine.includes("reviews") ? (
        <Listen<{ waiting: readonly Review[] }> url="/api/prescriptions/events" take={(one) => setReviews(one.waiting)} />
      ) : null}
      {mine.includes("guard") ? (
        <Listen<{ blocks: readonly Block[] }> url="/api/guard/events" take={(one) => setBlocks(one.blocks)} />
      ) : null}
      <Tabs mine={mine} here={here} waiting={waiting} />
      <LicenceNotice licence={licence} />
      {draw()}
    </>
  );

  function draw() {
    switch (here) {
      case "cases":
        return <Worklist user={user} open={place.case} go={(id) => go({ name: "cases", case: id })} signedOut={signedOut} />;
      case "reviews":
        return <Reviews reviews={reviews} />;
      case "notices":
        return <Notices notices={notices} />;
      case "audit":
        return <Audit />;
      case "people":
        return <People own={user.id} />;
      case "applications":
        return <Applications />;
      case "guard":
        return <Blocks blocks={blocks} />;
      case "account":
        return <OwnAccount />;
    }
  }
}

/** A new block or notice is said aloud by screen readers, on whichever page one is. */
function Tabs({
  mine,
  here,
  waiting,
}: {
  readonly mine: readonly Place["name"][];
  readonly here: Place["name"];
  readonly waiting: Readonly<Partial<Record<Place["name"], number>>>;
}) {
  const locale = useLocale<DeskKey>();
  const alarms = (["notices", "guard", "reviews"] as const).filter((name) => mine.includes(name) && (waiting[name] ?? 0) > 0);
  return (
    <>
      <nav class="desk-tabs" aria-label={locale.t("nav.title")}>
        {mine.map((name) => (
          <a key={name} href={`#${name}`} aria-current={name === here ? "page" : undefined}>
            {locale.t(`nav.${name}`)}
            {(waiting[name] ?? 0) > 0 ? <span class="count">{locale.number(waiting[name] ?? 0)}</span> : null}
          </a>
        ))}
      </nav>
      <div class="sr" role="status">
        {alarms.map((name) => locale.t("nav.waiting", { what: locale.t(`nav.${name}`), count: waiting[name] ?? 0 })).join(" ")}
      </div>
    </>
  );
}

function Listen<T>({ url, take }: { readonly url: string; readonly take: (event: T) => void }) {
  const latest = useRef(take);
  latest.current = take;
  useEvents<T>(
    url,
    useCallback((event: T) => latest.current(event), []),
  );
  return null;
}
