import type { DeskKey } from "../shared/keys.ts";
import { Lock } from "../shared/icons.tsx";
import { useLocale } from "../shared/locale.tsx";
import { type Block, liftBlock } from "./api.ts";
import { Page, useWork } from "./work.tsx";

/** Whom the guard stopped; an administrator looks, and lets them go on. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] | undefined }) {
  const locale = useLocale<DeskKey>();
  const work = useWork(() => Promise.resolve(true));
  const rule = (id: string) => (locale.has(`guard.${id}`) ? locale.t(`guard.${id}` as DeskKey) : id);
  return (
    <Page title={locale.t("guard.title")} work={{ ...work, found: blocks }}>
      <p class="soft">{locale.t("guard.hint")}</p>
      {blocks?.length === 0 ? <p class="soft empty">{locale.t("guard.none")}</p> : null}
      <ul class="stack">
        {blocks?.map((block) => (
          <li key={block.id} class="note alarm">
            <Lock />
            <div class="stack tight grow">
              <strong>
                {locale.t(`blocked.${block.kind}`)} <bdi>{block.who}</bdi>
              </strong>
              <p>{rule(block.rule)}</p>
              <p class="soft">
                {locale.date(new Date(block.at))}
                {block.until === undefined ? null : ` – ${locale.date(new Date(block.until))}`}
              </p>
            </div>
            <button
              type="button"
              class="button small"
              onClick={() => void work.act(() => liftBlock(block.id), locale.t("guard.lifted"))}
            >
              {locale.t("guard.lift")}
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}
