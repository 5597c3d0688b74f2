/** The two functions of `xliff` that are used; the package has no types of its own. */
declare module "xliff" {
  interface XliffUnit {
    source: unknown;
    target?: unknown;
    note?: string;
  }
  interface XliffDocument {
    sourceLanguage?: string;
    targetLanguage?: string;
    resources?: Record<string, Record<string, XliffUnit>>;
  }
  export function js2xliff(document: XliffDocument, options?: { indent?: string }): Promise<string>;
  export function xliff2js(text: string): Promise<XliffDocument>;
}
