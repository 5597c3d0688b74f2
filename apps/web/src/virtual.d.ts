interface PageLanguage {
  /** What its speakers call it. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  /** True until a speaker has reviewed every text of the page. */
  readonly draft: boolean;
  load(): Promise<{
    readonly catalogues: Readonly<Record<string, Readonly<Record<string, import("@yizhan/locale").Catalogue>>>>;
    readonly review: import("@yizhan/locale").Review;
  }>;
}

declare module "virtual:languages/care" {
  export const languages: Readonly<Record<string, PageLanguage>>;
}
declare module "virtual:languages/desk" {
  export const languages: Readonly<Record<string, PageLanguage>>;
}
declare module "virtual:languages/booth" {
  export const languages: Readonly<Record<string, PageLanguage>>;
}
declare module "virtual:languages/fleet" {
  export const languages: Readonly<Record<string, PageLanguage>>;
}
